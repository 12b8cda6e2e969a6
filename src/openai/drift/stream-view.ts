import type { FrameContent, FramesBody, Side, StreamEvent } from '../../cassette/cassette.ts'
import type { ComparableView } from '../../api/drift.ts'
import { isJsonObject, type Json, parseJson } from '../../json/json.ts'
import { readEvent } from '../../http/sse.ts'
import { documentsOf, isDelta, type TypedEvent } from './stream-documents.ts'

export function streamView(events: readonly StreamEvent[]): ComparableView {
  const typed = events.flatMap(({ raw }): TypedEvent[] => {
    const { name, data } = readEvent(raw)
    // An event without data is a comment that keeps the connection open.
    return data === undefined ? [] : [typedEvent(data, name)]
  })
  return {
    form: 'a stream of events',
    events: countByType(typed),
    counted: new Set(),
    documents: documentsOf(typed),
  }
}

/** The messages of one side of a WebSocket conversation. */
export function conversationView({ frames, close }: FramesBody, side: Side): ComparableView {
  const typed = frames.flatMap(({ from, content }) => (from === side ? [eventOfFrame(content)] : []))
  const events = countByType(typed)
  const closed = close?.from === side ? { code: close.code ?? null, reason: close.reason } : undefined
  return {
    form: 'a WebSocket conversation',
    events,
    counted: new Set([...events.keys()].filter((type) => !isDelta(type))),
    documents: [
      ...documentsOf(typed),
      ...(closed === undefined ? [] : [{ label: 'close', json: { close: closed } }]),
    ],
  }
}

function typedEvent(data: string, name?: string): TypedEvent {
  const json = data === '[DONE]' ? undefined : parseJson(data)
  if (!isJsonObject(json)) return { type: data === '[DONE]' ? data : (name ?? 'data'), json: data }
  const { type, object } = json
  if (Array.isArray(json['choices'])) return { type: nonEmpty(object) ?? 'chat.completion.chunk', json }
  const label = name ?? nonEmpty(type) ?? nonEmpty(object)
  return { type: label ?? ('error' in json ? 'error' : 'data'), json }
}

function eventOfFrame(content: FrameContent): TypedEvent {
  return content.kind === 'text' || content.kind === 'text-with-blobs'
    ? typedEvent(content.text)
    : { type: 'bytes', json: null }
}

function countByType(events: readonly TypedEvent[]): Map<string, number> {
  return new Map([...Map.groupBy(events, ({ type }) => type)].map(([type, all]) => [type, all.length]))
}

function nonEmpty(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
