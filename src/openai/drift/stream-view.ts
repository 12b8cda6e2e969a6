import type { FrameContent, FramesBody, Side } from '../../cassette/cassette.ts'
import type { ComparableDocument, ComparableView } from '../../api/drift.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import {
  type AnswerEvent,
  answerEvent,
  endsResponse,
  isChunk,
  isDelta,
  type SentEvent,
} from '../answers/events.ts'
import { asList } from '../../json/access.ts'
import { joined } from '../answers/join.ts'

export function streamView(events: readonly SentEvent[]): ComparableView {
  // An event without data is a keep-alive comment.
  const typed = events.flatMap(({ name, data }) => (data === undefined ? [] : [answerEvent(data, name)]))
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

function eventOfFrame(content: FrameContent): AnswerEvent {
  return content.kind === 'text' || content.kind === 'text-with-blobs'
    ? answerEvent(content.text)
    : { type: 'bytes', json: null }
}

function countByType(events: readonly AnswerEvent[]): Map<string, number> {
  return new Map([...Map.groupBy(events, ({ type }) => type)].map(([type, all]) => [type, all.length]))
}

/** Assembles the documents of a stream. The response itself comes first. */
function documentsOf(events: readonly AnswerEvent[]): ComparableDocument[] {
  const byType = Map.groupBy(events, ({ type }) => type)
  const hasFinalResponse = [...byType.keys()].some(endsResponse)
  const documents = [...byType].flatMap(([type, ofType]) => {
    const objects = ofType.flatMap(({ json }) => (isJsonObject(json) ? [json] : []))
    if (objects.some(isChunk)) return [{ label: '', json: joined(objects) }]
    // If another event repeats the content in full, only the fields are compared.
    const isRepeated =
      (hasFinalResponse && type.startsWith('response.')) ||
      (isDelta(type) && byType.has(type.replace(/delta$/, 'done')))
    const texts = ofType.flatMap(({ json }) => (typeof json === 'string' ? [json] : []))
    return [
      ...responses(type, objects),
      ...items(type, objects),
      ...otherMembers(type, objects, isRepeated),
      ...texts.map((json) => ({ label: type, event: type, json })),
    ]
  })
  return [...documents.filter(({ label }) => label === ''), ...documents.filter(({ label }) => label !== '')]
}

/** The Response objects in events of one type. The one in the final event is the response itself. */
function responses(type: string, objects: readonly JsonObject[]): ComparableDocument[] {
  const all = objects.flatMap(({ response }) => (isJsonObject(response) ? [response] : []))
  return all.map((json) =>
    endsResponse(type) ? { label: '', json } : { label: `${type} response`, event: type, json },
  )
}

/** The output items, and parts of items, in events of one type. They are nested as in the response. */
function items(type: string, objects: readonly JsonObject[]): ComparableDocument[] {
  const all = objects.flatMap(({ item, part }): Json[] => {
    if (isJsonObject(item)) return [item]
    if (!isJsonObject(part)) return []
    return type.includes('summary')
      ? [{ type: 'reasoning', summary: [part] }]
      : [{ type: part['type'] === 'reasoning_text' ? 'reasoning' : 'message', content: [part] }]
  })
  return all.length === 0 ? [] : [{ label: `${type} items`, event: type, json: { output: all } }]
}

/** All other members in events of one type. The deltas of an item are joined. */
function otherMembers(
  type: string,
  objects: readonly JsonObject[],
  isRepeated: boolean,
): ComparableDocument[] {
  const rest = objects.map((event) =>
    Object.fromEntries(
      Object.entries(event).filter(
        ([key, value]) => !(key === 'response' || key === 'item' || key === 'part') || !isJsonObject(value),
      ),
    ),
  )
  const jsons = isRepeated && rest.length > 0 ? [fieldsOnly(rest)] : isDelta(type) ? byItem(rest) : rest
  return jsons.map((json) => ({ label: type, event: type, json }))
}

function byItem(deltas: readonly JsonObject[]): Json[] {
  const keyOf = (event: JsonObject): string =>
    JSON.stringify(
      ['item_id', 'id', 'content_index', 'summary_index'].map((name) => String(event[name] ?? '')),
    )
  return [...Map.groupBy(deltas, keyOf).values()].map(joined)
}

/** Known events are not nested this deep. */
const MAX_DEPTH = 100

/** Merges the fields of all values and empties their contents. A list becomes one item with the fields of all its items. */
function fieldsOnly(values: readonly Json[], depth = 0): Json {
  const last = values.findLast((value) => value !== null)
  if (depth > MAX_DEPTH || last === undefined) return null
  if (Array.isArray(last)) {
    const inside = values.flatMap(asList)
    return inside.length === 0 ? [] : [fieldsOnly(inside, depth + 1)]
  }
  if (!isJsonObject(last)) return typeof last === 'string' ? '' : typeof last === 'boolean' ? false : 0
  const members = Map.groupBy(values.filter(isJsonObject).flatMap(Object.entries<Json>), ([name]) => name)
  return Object.fromEntries(
    [...members].map(([name, all]) => [
      name,
      fieldsOnly(
        all.map(([, value]) => value),
        depth + 1,
      ),
    ]),
  )
}
