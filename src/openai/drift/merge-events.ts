import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { ruleFor } from './field-rules.ts'

/** Deeper than any known event; what lies deeper is taken from the later event as it is. */
const MAX_DEPTH = 100

/** Puts the events of a stream together: texts are joined, and items that come in pieces are completed. */
export function mergeEvents(events: readonly JsonObject[]): Json {
  return events.reduce<Json>((whole, event) => merge(whole, event, []), {})
}

function merge(a: Json | undefined, b: Json, keys: readonly string[]): Json {
  if (a === undefined || a === null) return b
  if (b === null) return a
  if (keys.length < MAX_DEPTH && isJsonObject(a) && isJsonObject(b)) return mergeObjects(a, b, keys)
  const isPiece = keys.includes('delta') || (keys.includes('choices') && !keys.includes('message'))
  if (Array.isArray(a) && Array.isArray(b)) return mergeLists(a, b, keys, isPiece)
  if (typeof a !== 'string' || typeof b !== 'string') return b
  if (!isPiece) return b === '' ? a : b
  const rule = ruleFor(keys)
  // A name or a type does not come in pieces: some streams repeat it in every event.
  return rule === 'wording' || rule === 'arguments' ? a + b : b === '' ? a : b
}

function mergeObjects(a: JsonObject, b: JsonObject, keys: readonly string[]): Json {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return Object.fromEntries(
    names.map((name) => {
      const is = own(b, name)
      return [name, is === undefined ? (own(a, name) as Json) : merge(own(a, name), is, [...keys, name])]
    }),
  )
}

/** Items are merged by their index. A list without indices comes in pieces, or is whole each time. */
function mergeLists(
  a: readonly Json[],
  b: readonly Json[],
  keys: readonly string[],
  isPiece: boolean,
): readonly Json[] {
  const indexOf = (item: Json): number | undefined =>
    isJsonObject(item) && typeof item['index'] === 'number' ? item['index'] : undefined
  const all = [...a, ...b]
  if (all.some((item) => indexOf(item) === undefined)) return isPiece ? all : b.length === 0 ? a : b
  return [...Map.groupBy(all, indexOf)]
    .toSorted(([i = 0], [j = 0]) => i - j)
    .map(([, items]) => items.reduce((whole, item) => merge(whole, item, [...keys, '[]'])))
}

/** The fields that any of these values has, with empty values; a list becomes one item with the fields of all. */
export function fieldsOnly(values: readonly Json[]): Json {
  return values.map((value) => withoutValues(value, 0)).reduce<Json>(withFieldsOf, null)
}

function withoutValues(value: Json, depth: number): Json {
  if (depth > MAX_DEPTH || value === null) return null
  if (Array.isArray(value)) {
    const items = value as readonly Json[]
    return items.length === 0
      ? []
      : [items.map((item) => withoutValues(item, depth + 1)).reduce<Json>(withFieldsOf, null)]
  }
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, withoutValues(inner, depth + 1)]),
    )
  return typeof value === 'string' ? '' : typeof value === 'boolean' ? false : 0
}

function withFieldsOf(a: Json, b: Json): Json {
  if (a === null || b === null) return a ?? b
  if (Array.isArray(a) && Array.isArray(b)) {
    const items = [...a, ...b] as readonly Json[]
    return items.length === 0 ? [] : [items.reduce(withFieldsOf)]
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return b
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return Object.fromEntries(
    names.map((name) => [name, withFieldsOf(own(a, name) ?? null, own(b, name) ?? null)]),
  )
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
