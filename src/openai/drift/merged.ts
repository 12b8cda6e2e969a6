import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { ruleOf } from './rules.ts'

/** Deeper than any event that we know; what lies deeper is taken as it is. */
const DEEPEST = 100

/** Events of one stream as one: their texts joined, items that are told bit by bit put together. */
export function merged(events: readonly JsonObject[]): Json {
  return events.reduce<Json>((whole, event) => joined(whole, event, []), {})
}

function joined(a: Json | undefined, b: Json, keys: readonly string[]): Json {
  if (a === undefined || a === null) return b
  if (b === null) return a
  if (keys.length < DEEPEST && isJsonObject(a) && isJsonObject(b)) return joinedObjects(a, b, keys)
  const isBit = keys.includes('delta') || (keys.includes('choices') && !keys.includes('message'))
  if (Array.isArray(a) && Array.isArray(b)) return joinedLists(a, b, keys, isBit)
  if (typeof a !== 'string' || typeof b !== 'string') return b
  if (!isBit) return b === '' ? a : b
  const rule = ruleOf(keys)
  // A name or a type is told once, or again and again.
  return rule === 'words' || rule === 'arguments' ? a + b : b === '' ? a : b
}

function joinedObjects(a: JsonObject, b: JsonObject, keys: readonly string[]): Json {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return Object.fromEntries(
    names.map((name) => {
      const is = own(b, name)
      return [name, is === undefined ? (own(a, name) as Json) : joined(own(a, name), is, [...keys, name])]
    }),
  )
}

/** Items by their index, where they have one. A list without is told in pieces, or whole each time. */
function joinedLists(
  a: readonly Json[],
  b: readonly Json[],
  keys: readonly string[],
  isBit: boolean,
): readonly Json[] {
  const indexOf = (item: Json): number | undefined =>
    isJsonObject(item) && typeof item['index'] === 'number' ? item['index'] : undefined
  const all = [...a, ...b]
  if (all.some((item) => indexOf(item) === undefined)) return isBit ? all : b.length === 0 ? a : b
  return [...Map.groupBy(all, indexOf)]
    .toSorted(([i = 0], [j = 0]) => i - j)
    .map(([, items]) => items.reduce((whole, item) => joined(whole, item, [...keys, '[]'])))
}

/** The fields of several values, with nothing in them: of a list those that any of its items has. */
export function blank(values: readonly Json[]): Json {
  return values.map((value) => emptied(value, 0)).reduce<Json>(withFieldsOf, null)
}

function emptied(value: Json, depth: number): Json {
  if (depth > DEEPEST || value === null) return null
  if (Array.isArray(value)) {
    const items = value as readonly Json[]
    return items.length === 0
      ? []
      : [items.map((item) => emptied(item, depth + 1)).reduce<Json>(withFieldsOf, null)]
  }
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, emptied(inner, depth + 1)]))
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
