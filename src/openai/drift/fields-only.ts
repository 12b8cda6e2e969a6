import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** Known events are not nested this deep. */
const MAX_DEPTH = 100

/** Merges the fields of all values and empties their contents. A list becomes one item with the fields of all its items. */
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
    names.map((name) => [name, withFieldsOf(ownMember(a, name) ?? null, ownMember(b, name) ?? null)]),
  )
}

function ownMember(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
