import type { FrameContent, FramesBody, Side, StreamEvent } from '../../cassette/cassette.ts'
import type { Reading } from '../../api/drift.ts'
import { isJsonObject, type Json, parseJson } from '../../json/json.ts'
import { readEvent } from '../../http/sse.ts'
import { documentsOf, isDelta, type Told } from './documents.ts'

/** A stream as what it tells, however it was cut. */
export function streamReading(events: readonly StreamEvent[]): Reading {
  const told = events.flatMap(({ raw }): Told[] => {
    const { name, data } = readEvent(raw)
    // A comment keeps the connection open, and depends on time alone.
    return data === undefined ? [] : [toldBy(data, name)]
  })
  return {
    form: 'a stream of events',
    events: counts(told),
    counted: new Set(),
    documents: documentsOf(told),
  }
}

/** What one side said over a WebSocket. Its events are messages of their own, all but deltas. */
export function conversationReading({ frames, close }: FramesBody, side: Side): Reading {
  const told = frames.flatMap(({ from, content }) => (from === side ? [toldInFrame(content)] : []))
  const events = counts(told)
  const closed = close?.from === side ? { code: close.code ?? null, reason: close.reason } : undefined
  return {
    form: 'a WebSocket conversation',
    events,
    counted: new Set([...events.keys()].filter((type) => !isDelta(type))),
    documents: [
      ...documentsOf(told),
      ...(closed === undefined ? [] : [{ label: 'close', json: { close: closed } }]),
    ],
  }
}

function toldBy(data: string, name?: string): Told {
  const json = data === '[DONE]' ? undefined : parseJson(data)
  if (!isJsonObject(json)) return { type: data === '[DONE]' ? data : (name ?? 'data'), json: data }
  const { type, object } = json
  if (Array.isArray(json['choices'])) return { type: nonEmpty(object) ?? 'chat.completion.chunk', json }
  const kind = name ?? nonEmpty(type) ?? nonEmpty(object)
  return { type: kind ?? ('error' in json ? 'error' : 'data'), json }
}

function toldInFrame(content: FrameContent): Told {
  return content.kind === 'text' || content.kind === 'text-with-blobs'
    ? toldBy(content.text)
    : { type: 'bytes', json: null }
}

function counts(told: readonly Told[]): Map<string, number> {
  return new Map([...Map.groupBy(told, ({ type }) => type)].map(([type, of]) => [type, of.length]))
}

function nonEmpty(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
