import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { nonEmptyText } from '../../json/access.ts'

/** Known events are not nested this deep. Below this depth, the later value replaces the earlier one. */
const MAX_DEPTH = 100

/** Joins consecutive objects, such as the chunks of a completion: texts are concatenated, and list items are merged. */
export function joined(pieces: readonly JsonObject[]): JsonObject {
  return pieces.reduce(withPiece, {})
}

export function withPiece(whole: JsonObject, piece: JsonObject): JsonObject {
  return joinObjects(whole, piece, { key: '', isPiece: false, depth: 0 })
}

interface JoinPlace {
  readonly key: string
  /** Whether texts are concatenated here. Otherwise, a later text replaces an earlier one. */
  readonly isPiece: boolean
  readonly depth: number
}

function inside({ isPiece, depth }: JoinPlace, key: string): JoinPlace {
  const comesInPieces = key === 'delta' || key === 'choices' || (isPiece && key !== 'message')
  return { key, isPiece: comesInPieces, depth: depth + 1 }
}

function join(a: Json | undefined, b: Json, place: JoinPlace): Json {
  if (b === null) return a ?? null
  if (place.depth >= MAX_DEPTH) return b
  if (Array.isArray(b)) return joinLists(Array.isArray(a) ? a : [], b, place)
  if (isJsonObject(b)) return joinObjects(isJsonObject(a) ? a : {}, b, place)
  if (typeof a !== 'string' || typeof b !== 'string') return b
  if (b === '') return a
  return place.isPiece && !FIXED_VALUES.test(place.key) ? a + b : b
}

function joinObjects(a: JsonObject, b: JsonObject, place: JoinPlace): JsonObject {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  // Assignment would not work for a member named `__proto__`.
  return Object.fromEntries(
    [...names].map((name): [string, Json] => {
      const before = Object.hasOwn(a, name) ? a[name] : undefined
      return [
        name,
        Object.hasOwn(b, name) ? join(before, b[name] as Json, inside(place, name)) : (before as Json),
      ]
    }),
  )
}

/** Joins items with the same `index`. In a piece, items without an index are appended; elsewhere the later list is used. */
function joinLists(
  a: readonly Json[],
  b: readonly Json[],
  { key, isPiece, depth }: JoinPlace,
): readonly Json[] {
  const pieces = key === 'choices' ? b.map(withIndex) : b
  if (!isPiece && !pieces.every(isIndexed)) return b.length === 0 ? a : b
  const place = { key: '', isPiece, depth: depth + 1 }
  const list = [...a]
  for (const piece of pieces) {
    const at = positionOf(piece, list, key)
    list.splice(at < 0 ? list.length : at, 1, join(list[at], piece, place))
  }
  return list.every(isIndexed) ? list.toSorted((one, other) => one.index - other.index) : list
}

interface Indexed extends JsonObject {
  readonly index: number
}

function isIndexed(item: Json): item is Indexed {
  return isJsonObject(item) && typeof item['index'] === 'number'
}

function withIndex(choice: Json, i: number): Json {
  return isJsonObject(choice) && !isIndexed(choice) ? { ...choice, index: i } : choice
}

/** The position of the item that a piece continues, or -1. */
function positionOf(piece: Json, list: readonly Json[], key: string): number {
  if (isIndexed(piece))
    return list.findIndex(
      (item) =>
        isIndexed(item) &&
        item.index === piece.index &&
        (item['type'] ?? piece['type']) === (piece['type'] ?? item['type']),
    )
  if (key !== 'tool_calls' || !isJsonObject(piece)) return -1
  // Some gateways do not number calls: a piece without an id continues the last call.
  const id = nonEmptyText(piece['id'])
  return id === undefined
    ? list.length - 1
    : list.findIndex((item) => isJsonObject(item) && item['id'] === id)
}

/** Members whose values are ids, names or enum values. They are never split into pieces. */
export const FIXED_VALUES =
  /^(?:background|call_id|channel|detail|effort|encoding_format|event|execution|finish_reason|format|id|language|mode|modalities|model|moderation|name|native_finish_reason|object|output_format|output_modalities|param|phase|prompt_cache_retention|purpose|quality|reason|response_format|role|service_tier|severity|size|source|status|stop_reason|syntax|tool_choice|truncation|type|verbosity|voice)$/
