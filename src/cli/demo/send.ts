import type { JsonBody, RecordedRequest } from '../../cassette/cassette.ts'
import { EventSplitter, isEventStream, readEvent } from '../../http/sse.ts'
import { AnswerReader } from '../../openai/answers/read-answer.ts'

/** A request as a cassette has it, and as it is sent again. */
export interface DemoRequest extends RecordedRequest {
  readonly body: JsonBody
}

interface Received {
  readonly status: number
  /** As the server's journal has it: `hit` or `miss`. */
  readonly outcome: string
  /** How many stream events arrived. */
  readonly events: number
  /** The message of a response that is no stream. */
  readonly error: string | undefined
}

/**
 * Sends a request to the server, as any client would.
 * @param onText gets each piece of the streamed text as it arrives
 */
export async function send(
  url: string,
  { method, path, body }: DemoRequest,
  onText: (piece: string) => void,
): Promise<Received> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, { method, headers, body: body.text })
  const isStream = isEventStream(response.headers.get('content-type') ?? undefined)
  const events = isStream && response.body !== null ? await readStream(response.body, onText) : 0
  const error = isStream ? undefined : messageIn(await response.json())
  return { status: response.status, events, error, outcome: await latestOutcome(url) }
}

async function readStream(
  packets: AsyncIterable<Uint8Array>,
  onText: (piece: string) => void,
): Promise<number> {
  const splitter = new EventSplitter()
  const reader = new AnswerReader('a stream of events')
  let [events, shown] = [0, 0]
  for await (const packet of packets) {
    for (const event of splitter.push(packet)) {
      events++
      reader.add(readEvent(Buffer.from(event).toString()))
      const text = reader.record.outputs.flatMap(({ texts }) => texts.map((each) => each.text)).join('')
      onText(text.slice(shown))
      shown = text.length
    }
  }
  return events
}

function messageIn(json: unknown): string | undefined {
  return (json as { error?: { message?: string } }).error?.message
}

/** Of the server's unnamed session, from its control API. */
async function latestOutcome(url: string): Promise<string> {
  const response = await fetch(`${url}/_vcr/unnamed`)
  const { runs } = (await response.json()) as { runs: { journal: { outcome: string }[] }[] }
  return runs[0]?.journal.at(-1)?.outcome ?? 'unknown'
}
