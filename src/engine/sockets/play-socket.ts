import type { Frame, FramesBody } from '../../cassette/cassette.ts'
import { type Headers, headerValue, withoutHeaders } from '../../http/message.ts'
import type { OpenSocket, SocketData } from '../../http/web-socket.ts'
import type { Parts } from '../../match/identity.ts'
import { compareParts, nearest } from '../../match/near-miss/near-miss.ts'
import type { SecretShapes } from '../../redact/shapes.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { describeDifferences } from '../explain/describe.ts'
import type { Entry } from '../library/catalog.ts'
import { contentOf, FrameMatcher } from './frame-matcher.ts'
import { type ScriptOptions, Script } from './script.ts'

/** A recorded interaction with an accepted handshake. */
export type ConversationEntry = Entry & {
  readonly interaction: { readonly response: { readonly body: FramesBody } }
}

export function isConversation(entry: Entry): entry is ConversationEntry {
  return entry.interaction.response.body.kind === 'frames'
}

/**
 * Opens a WebSocket that plays a recorded conversation.
 * @param stopped aborts when the session closes
 */
export function playSocket(
  context: SessionContext,
  x: Exchange,
  entry: ConversationEntry,
  stopped: AbortSignal,
): OpenSocket {
  const { response } = entry.interaction
  const { dialect, warn } = context.dependencies
  const diverged = (reason: string): void => x.journal({ outcome: 'miss', reason })
  return {
    kind: 'open',
    headers: withoutHeaders(response.headers, PROTOCOL),
    protocol: protocolOf(x.request.headers, headerValue(response.headers, 'sec-websocket-protocol')),
    records: false,
    attach: (client) => {
      const script = new Script(client, context, {
        at: x.arrival.at,
        whyRefused: refusing(context, entry),
        errorFrame: (reason) => dialect.sockets.errorMessage('replay_miss', reason),
        diverged,
        stopped,
      })
      script.play(response.body, response.truncated === true).catch((error: unknown) => {
        // For example a blob that was deleted after the cassette was opened.
        const reason = context.library.redactor.text(error instanceof Error ? error.message : String(error))
        warn(reason)
        diverged(reason)
        client.terminate()
      })
      return script
    },
  }
}

const PROTOCOL: ReadonlySet<string> = new Set(['sec-websocket-protocol'])

/** The subprotocol to answer with. A client that offered some fails unless it gets one of them. */
export function protocolOf(headers: Headers, recorded: string | undefined): string | undefined {
  const offered = (headerValue(headers, 'sec-websocket-protocol') ?? '').split(',').map((each) => each.trim())
  return recorded !== undefined && offered.includes(recorded) ? recorded : offered[0] || undefined
}

function refusing(context: SessionContext, entry: Entry): ScriptOptions['whyRefused'] {
  const { redactor, reader, alignsIds } = context.library
  const { shapes } = context.dependencies.dialect
  const matcher = new FrameMatcher(entry.interaction.request, reader.identify, alignsIds, shapes)
  let count = 0
  return (data: SocketData, recorded: Frame | undefined, sent: readonly string[]) => {
    count++
    const received = matcher.partsOf(redactor.frame(contentOf(data)))
    if (recorded === undefined)
      return explain(context, entry, count, ['The recording has no further frame from the client.'])
    const expected = matcher.partsOf(recorded.content)
    if (matcher.matches(expected, received, sent)) return undefined
    return explain(context, entry, count, differences(expected, received, shapes.secrets))
  }
}

function differences(recorded: Parts, received: Parts, { placeholders }: SecretShapes): string[] {
  const only = { all: [recorded], partsOf: (parts: Parts) => parts, isPlayed: () => false }
  const [near] = nearest(received, only, compareParts(placeholders))
  return near === undefined ? [] : ['It differs in:', ...describeDifferences(near, received)]
}

function explain(
  { library: { searchScope, redactor } }: SessionContext,
  { interaction: { request } }: Entry,
  count: number,
  why: readonly string[],
): string {
  const what = `Frame ${count} from the client does not match the recorded frame at its place in the WebSocket ${request.path} in ${searchScope.label}.`
  return redactor.text([what, ...why, `To record it: ${searchScope.recordCommand}`].join('\n'))
}
