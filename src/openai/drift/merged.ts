import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { ruleOf } from './rules.ts'

/** Deeper than any event that we know; what lies deeper is taken as it is. */
const DEEPEST = 100

/** Events of one stream as one: their texts joined, items that are told bit by bit put together. */
export function merged(events: readonly JsonObject[]): Json {
  return events.reduce<Json>((whole, event) => joined(whole, event, []), {})
}

/** The fields of several values, with nothing in them. */
export function blank(values: readonly Json[]): Json {
  return values.map((value) => emptied(value, 0)).reduce((whole, value) => joined(whole, value, []))
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
      const [was, is] = [
        Object.hasOwn(a, name) ? a[name] : undefined,
        Object.hasOwn(b, name) ? b[name] : undefined,
      ]
      return [name, is === undefined ? (was as Json) : joined(was, is, [...keys, name])]
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

/** A list's items as one that has all their fields. */
function emptied(value: Json, depth: number): Json {
  if (depth > DEEPEST || value === null) return null
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => emptied(item, depth + 1))
    return items.length === 0 ? [] : [items.reduce((whole, item) => joined(whole, item, []))]
  }
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, emptied(inner, depth + 1)]))
  return typeof value === 'string' ? '' : typeof value === 'boolean' ? false : 0
}
