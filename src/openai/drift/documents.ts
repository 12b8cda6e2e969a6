import type { Document } from '../../api/drift.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { blank, merged } from './merged.ts'

/** An event with its type. */
export interface Told {
  readonly type: string
  readonly json: Json
}

/** Events that tell a whole Response, at the end of a stream. */
const FINAL = /^response\.(?:completed|done|failed|incomplete)$/

/** What events tell, put together: the answer itself first. */
export function documentsOf(told: readonly Told[]): Document[] {
  const byType = Map.groupBy(told, ({ type }) => type)
  const isWhole = [...byType.keys()].some((type) => FINAL.test(type))
  const documents = [...byType].flatMap(([type, events]) => {
    const objects = events.flatMap(({ json }) => (isJsonObject(json) ? [json] : []))
    if (objects.some(({ choices }) => Array.isArray(choices))) return [{ label: '', json: merged(objects) }]
    // What is told in full elsewhere is looked at for its fields alone.
    const isTold =
      (isWhole && type.startsWith('response.')) ||
      (isDelta(type) && byType.has(type.replace(/delta$/, 'done')))
    const texts = events.flatMap(({ json }) => (typeof json === 'string' ? [json] : []))
    return [
      ...wholes(type, objects),
      ...pieces(type, objects),
      ...own(type, objects, isTold),
      ...texts.map((json) => ({ label: type, event: type, json })),
    ]
  })
  return [...documents.filter(({ label }) => label === ''), ...documents.filter(({ label }) => label !== '')]
}

/** Whether a stream may tell as much in more events of this type, or in fewer. */
export function isDelta(type: string): boolean {
  return /\.(?:append|delta)$/.test(type)
}

/** The Responses that events of this type tell; that at a stream's end is the answer itself. */
function wholes(type: string, objects: readonly JsonObject[]): Document[] {
  const responses = objects.flatMap(({ response }) => (isJsonObject(response) ? [response] : []))
  return responses.map((json) =>
    FINAL.test(type) ? { label: '', json } : { label: `${type} response`, event: type, json },
  )
}

/** Items and parts of items, where they will stand in the answer. */
function pieces(type: string, objects: readonly JsonObject[]): Document[] {
  const items = objects.flatMap(({ item, part }): Json[] => {
    if (isJsonObject(item)) return [item]
    if (!isJsonObject(part)) return []
    return type.includes('summary')
      ? [{ type: 'reasoning', summary: [part] }]
      : [{ type: part['type'] === 'reasoning_text' ? 'reasoning' : 'message', content: [part] }]
  })
  return items.length === 0 ? [] : [{ label: `${type} items`, event: type, json: { output: items } }]
}

/** What else is in events of this type; deltas of one item are put together. */
function own(type: string, objects: readonly JsonObject[], isTold: boolean): Document[] {
  const rest = objects.map((event) =>
    Object.fromEntries(
      Object.entries(event).filter(
        ([key, value]) => !(key === 'response' || key === 'item' || key === 'part') || !isJsonObject(value),
      ),
    ),
  )
  const jsons = isTold && rest.length > 0 ? [blank(rest)] : isDelta(type) ? byItem(rest) : rest
  return jsons.map((json) => ({ label: type, event: type, json }))
}

function byItem(deltas: readonly JsonObject[]): Json[] {
  const keyOf = (event: JsonObject): string =>
    JSON.stringify(
      ['item_id', 'id', 'content_index', 'summary_index'].map((name) => String(event[name] ?? '')),
    )
  return [...Map.groupBy(deltas, keyOf).values()].map(merged)
}
