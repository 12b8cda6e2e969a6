import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** An item of a recorded answer, and the one in its place in the new answer. */
export interface ItemPair {
  readonly recorded: JsonObject
  readonly fresh: JsonObject
}

/**
 * Whether a client sent an item of an answer back: what both have is equal, at least one identifying member among it.
 * Members that the client left empty or added do not count.
 */
export function isEchoOf(
  sent: JsonObject,
  recorded: JsonObject,
  identifyingMembers: ReadonlySet<string>,
): boolean {
  let isIdentified = false
  for (const [key, value] of Object.entries(sent)) {
    const original = recorded[key]
    if (isEmpty(value) || original === undefined) continue
    if (!isPartOf(value, original)) return false
    if (identifyingMembers.has(key)) isIdentified = true
  }
  return isIdentified
}

/** Whether both are equal, except for members that the client left out. */
function isPartOf(sent: Json, original: Json | undefined): boolean {
  if (isEmpty(sent) || isEmpty(original)) return isEmpty(sent) && isEmpty(original)
  if (Array.isArray(sent)) {
    const [items, others] = [sent as readonly Json[], original as readonly Json[]]
    return (
      Array.isArray(original) &&
      items.length === original.length &&
      items.every((item, i) => isPartOf(item, others[i]))
    )
  }
  if (isJsonObject(sent))
    return (
      isJsonObject(original) && Object.entries(sent).every(([key, value]) => isPartOf(value, original[key]))
    )
  return sent === original
}

/** Clients leave out what is null or empty, or fill it in. */
function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/**
 * The new item as the client would send it: with the members of the recorded one that it sent, and with further
 * members of the new one if it sent all.
 * @param ownValue replaces in members that the client added
 */
export function echoOf(
  sent: JsonObject,
  { recorded, fresh }: ItemPair,
  ownValue: (value: Json) => Json,
): JsonObject {
  const members = Object.entries(sent).flatMap(([key, value]): [string, Json][] => {
    const now = fresh[key]
    if (!(key in recorded)) return [[key, ownValue(value)]]
    if (isEmpty(value) && (isEmpty(now) || !isEmpty(recorded[key]))) return [[key, value]]
    return now === undefined ? [] : [[key, inFormOf(value, recorded[key], now, ownValue)]]
  })
  const isWhole = Object.keys(recorded).every((key) => key in sent)
  const more = isWhole ? Object.entries(fresh).filter(([key]) => !(key in recorded)) : []
  return Object.fromEntries([...members, ...more])
}

function inFormOf(
  sent: Json,
  recorded: Json | undefined,
  fresh: Json,
  ownValue: (value: Json) => Json,
): Json {
  if (isJsonObject(sent) && isJsonObject(recorded) && isJsonObject(fresh))
    return echoOf(sent, { recorded, fresh }, ownValue)
  if (Array.isArray(sent) && Array.isArray(recorded) && Array.isArray(fresh)) {
    const [before, now] = [recorded as readonly Json[], fresh as readonly Json[]]
    // With another number of parts it is unknown which of them the client would shorten: all stay whole.
    return before.length === now.length && before.length === sent.length
      ? sent.map((item: Json, i) => inFormOf(item, before[i], now[i] as Json, ownValue))
      : fresh
  }
  return isEmpty(sent) && isEmpty(fresh) ? sent : fresh
}
