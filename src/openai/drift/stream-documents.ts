import type { ComparableDocument } from '../../api/drift.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { type AnswerEvent, endsResponse, isChunk, isDelta } from '../answers/events.ts'
import { joined } from '../answers/join.ts'
import { fieldsOnly } from './fields-only.ts'

/** Assembles the documents of a stream. The response itself comes first. */
export function documentsOf(events: readonly AnswerEvent[]): ComparableDocument[] {
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
