import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { nonEmptyText } from '../../json/access.ts'

/** Known events are not nested this deep. Below this depth, the later value replaces the earlier one. */
const MAX_DEPTH = 100

/** Joins consecutive objects, such as the chunks of a completion: texts are concatenated, and list items are merged. */
export function joined(pieces: readonly JsonObject[]): JsonObject {
  const whole: JoinedObject = {}
  for (const piece of pieces) addPiece(whole, piece)
  return whole
}

/** An object that grows with each piece, so that long streams are not copied again and again. */
export type JoinedObject = Record<string, Json>

/** Adds a piece to an object. The piece itself stays as it is. */
export function addPiece(whole: JoinedObject, piece: JsonObject): void {
  addMembers(whole, piece, { key: '', isPiece: false, depth: 0 })
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

function addMembers(whole: JoinedObject, piece: JsonObject, place: JoinPlace): void {
  for (const name of Object.keys(piece)) {
    const before = Object.hasOwn(whole, name) ? whole[name] : undefined
    const value = join(before, piece[name] as Json, inside(place, name))
    // Assignment would not work for a member named `__proto__`.
    if (name === '__proto__')
      Object.defineProperty(whole, name, { value, enumerable: true, configurable: true, writable: true })
    else whole[name] = value
  }
}

function join(a: Json | undefined, b: Json, place: JoinPlace): Json {
  if (b === null) return a ?? null
  if (typeof b === 'object') {
    if (place.depth >= MAX_DEPTH) return b
    if (Array.isArray(b)) return joinLists(Array.isArray(a) ? a : [], b, place)
    const whole = isJsonObject(a) ? (a as JoinedObject) : {}
    addMembers(whole, b as JsonObject, place)
    return whole
  }
  if (typeof a !== 'string' || typeof b !== 'string') return b
  if (b === '') return a
  return place.isPiece && !FIXED_VALUES.test(place.key) ? a + b : b
}

/** Joins items with the same `index`. In a piece, items without an index are appended; elsewhere the later list is used. */
function joinLists(list: Json[], b: readonly Json[], { key, isPiece, depth }: JoinPlace): Json[] {
  const pieces = key === 'choices' ? b.map(withIndex) : b
  if (!isPiece && !pieces.every(isIndexed)) return b.length === 0 ? list : [...b]
  const place = { key: '', isPiece, depth: depth + 1 }
  for (const piece of pieces) {
    const at = positionOf(piece, list, key)
    if (at >= 0) list[at] = join(list[at], piece, place)
    else list.splice(placeFor(piece, list), 0, join(undefined, piece, place))
  }
  return list
}

/** Where a new item is inserted, so that items are in the order of their indices. */
function placeFor(piece: Json, list: readonly Json[]): number {
  const later = isIndexed(piece) ? list.findIndex((item) => isIndexed(item) && item.index > piece.index) : -1
  return later < 0 ? list.length : later
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
