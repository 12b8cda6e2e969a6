import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** Joins the chunks of a chat or legacy completion. */
export function joinChunks(chunks: readonly JsonObject[]): JsonObject {
  const joined: Mutable = {}
  const choices = new Map<Json, Mutable>()
  for (const { choices: pieces, ...rest } of chunks) {
    for (const [key, value] of Object.entries(rest)) if (value !== null && value !== '') joined[key] ??= value
    for (const piece of Array.isArray(pieces) ? (pieces as readonly Json[]).filter(isJsonObject) : []) {
      const index = piece['index'] ?? 0
      const choice: Mutable = choices.get(index) ?? { index }
      choices.set(index, choice)
      const { delta, index: _, logprobs: __, ...more } = piece
      if (isJsonObject(delta)) choice['message'] = joinedDelta(choice['message'], delta)
      for (const [key, value] of Object.entries(more)) choice[key] = added(choice[key], value, key)
    }
  }
  return { ...joined, choices: [...choices.values()] }
}

type Mutable = Record<string, Json>

function joinedDelta(sofar: Json | undefined, delta: JsonObject): JsonObject {
  const joined: Mutable = isJsonObject(sofar) ? { ...sofar } : {}
  for (const [key, value] of Object.entries(delta)) joined[key] = added(joined[key], value, key)
  return joined
}

/** Members that are complete in one chunk, or in each. */
const WHOLE: ReadonlySet<string> = new Set([
  'id',
  'type',
  'name',
  'role',
  'format',
  'finish_reason',
  'status',
])

function added(sofar: Json | undefined, value: Json, key: string): Json {
  if (sofar === undefined || sofar === null) return Array.isArray(value) ? addedList([], value) : value
  if (value === null) return sofar
  if (typeof sofar === 'string' && typeof value === 'string')
    return WHOLE.has(key) ? sofar || value : sofar + value
  if (Array.isArray(sofar) && Array.isArray(value)) return addedList(sofar, value)
  if (isJsonObject(sofar) && isJsonObject(value)) return joinedDelta(sofar, value)
  return value
}

/** The deltas of one item have its index, and its type where they have one. */
function addedList(sofar: readonly Json[], pieces: readonly Json[]): readonly Json[] {
  const list = [...sofar]
  for (const piece of pieces) {
    const at = isJsonObject(piece) ? list.findIndex((item) => isOf(item, piece)) : -1
    if (at < 0) list.push(piece)
    else list[at] = joinedDelta(list[at], piece as JsonObject)
  }
  return list
}

function isOf(item: Json, piece: JsonObject): boolean {
  if (!isJsonObject(item) || piece['index'] === undefined || item['index'] !== piece['index']) return false
  return piece['type'] === undefined || item['type'] === undefined || item['type'] === piece['type']
}
