import type { Frame, FramesBody } from '../../cassette/cassette.ts'
import { type Headers, headerValue, type OutgoingRequest, withoutHeaders } from '../../http/message.ts'
import type { Parts } from '../../match/identity.ts'
import { compareParts, nearest } from '../../match/near-miss/near-miss.ts'
import type { Arrival } from '../arrival.ts'
import type { Entry } from '../library/catalog.ts'
import { describeDifferences } from '../explain/describe.ts'
import { contentOf, FrameMatcher } from './frame-matcher.ts'
import type { Setting } from '../setting.ts'
import type { OpenSocket, SocketData } from '../../http/web-socket.ts'
import { Script } from './script.ts'

export interface Playback {
  readonly request: OutgoingRequest
  readonly arrival: Arrival
  readonly entry: Entry
  readonly body: FramesBody
  /** Told why a conversation did not come to its recorded end. */
  readonly diverged: (reason: string) => void
  readonly stopped: AbortSignal
}

/** A recorded conversation as an open WebSocket. */
export function playSocket(setting: Setting, playback: Playback): OpenSocket {
  const { entry, request, body, arrival, stopped } = playback
  const { response } = entry.interaction
  return {
    kind: 'open',
    headers: withoutHeaders(response.headers, PROTOCOL),
    protocol: protocolOf(request.headers, headerValue(response.headers, 'sec-websocket-protocol')),
    records: false,
    attach: (client) => {
      const script = new Script(client, setting, {
        at: arrival.at,
        refuse: refusing(setting, entry),
        errorFrame: (reason) => setting.dialect.sockets.errorMessage('replay_miss', reason),
        diverged: playback.diverged,
        stopped,
      })
      script.play(body, response.truncated === true).catch((error: unknown) => {
        // A blob that went away since the cassette was opened, say.
        const reason = setting.redactor.text(error instanceof Error ? error.message : String(error))
        setting.warn(reason)
        playback.diverged(reason)
        client.terminate()
      })
      return script
    },
  }
}

const PROTOCOL: ReadonlySet<string> = new Set(['sec-websocket-protocol'])

/** A client fails that offered some and is given none, or one that it did not offer. */
export function protocolOf(headers: Headers, recorded: string | undefined): string | undefined {
  const offered = (headerValue(headers, 'sec-websocket-protocol') ?? '').split(',').map((each) => each.trim())
  return recorded !== undefined && offered.includes(recorded) ? recorded : offered[0] || undefined
}

function refusing(
  setting: Setting,
  entry: Entry,
): (said: SocketData, recorded: Frame | undefined, told: readonly string[]) => string | undefined {
  const { redactor, reader, align } = setting
  const matcher = new FrameMatcher(entry.interaction.request, reader.identify, align, setting.dialect.shapes)
  let count = 0
  return (said, recorded, told) => {
    count++
    const received = matcher.partsOf(redactor.frame(contentOf(said)))
    if (recorded === undefined) return explain(setting, entry, count, ['Nothing more was recorded.'])
    const expected = matcher.partsOf(recorded.content)
    if (matcher.matches(expected, received, told)) return undefined
    return explain(setting, entry, count, differences(expected, received, setting))
  }
}

function differences(recorded: Parts, received: Parts, { dialect }: Setting): string[] {
  const only = { all: [recorded], partsOf: (parts: Parts) => parts, isPlayed: () => false }
  const [near] = nearest(received, only, compareParts(dialect.shapes.secrets.placeholders))
  return near === undefined ? [] : ['It differs in:', ...describeDifferences(near, received)]
}

function explain(
  { where, remedy, redactor }: Setting,
  { interaction: { request } }: Entry,
  count: number,
  why: readonly string[],
): string {
  const what = `Frame ${count} from the client is not what was recorded at its place in the WebSocket ${request.path} in ${where}.`
  return redactor.text([what, ...why, `To record it: ${remedy}`].join('\n'))
}
