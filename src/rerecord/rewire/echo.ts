import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** An item of a recorded response, and its counterpart in the new response. */
export interface ItemPair {
  readonly recorded: JsonObject
  readonly fresh: JsonObject
}

/**
 * Whether a client sent an item of a response back: all common members are equal, and at least one of them identifies
 * the item. Members that the client emptied or added are ignored.
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

/** Whether both values are equal, except for members that the client omitted. */
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

/** Null, empty and missing count as equal, as clients may omit or add such values. */
function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/**
 * The new item as the client would send it: with the same members as in the recorded request. If the client sent all
 * members of the recorded item, additional members of the new item are included too.
 * @param replaceIn replaces recorded values in members that the client added
 */
export function echoOf(
  sent: JsonObject,
  { recorded, fresh }: ItemPair,
  replaceIn: (value: Json) => Json,
): JsonObject {
  const members = Object.entries(sent).flatMap(([key, value]): [string, Json][] => {
    const now = fresh[key]
    if (!(key in recorded)) return [[key, replaceIn(value)]]
    if (isEmpty(value) && (isEmpty(now) || !isEmpty(recorded[key]))) return [[key, value]]
    return now === undefined ? [] : [[key, echoOfValue(value, recorded[key], now, replaceIn)]]
  })
  const isComplete = Object.keys(recorded).every((key) => key in sent)
  const more = isComplete ? Object.entries(fresh).filter(([key]) => !(key in recorded)) : []
  return Object.fromEntries([...members, ...more])
}

function echoOfValue(
  sent: Json,
  recorded: Json | undefined,
  fresh: Json,
  replaceIn: (value: Json) => Json,
): Json {
  if (isJsonObject(sent) && isJsonObject(recorded) && isJsonObject(fresh))
    return echoOf(sent, { recorded, fresh }, replaceIn)
  if (Array.isArray(sent) && Array.isArray(recorded) && Array.isArray(fresh)) {
    const [before, now] = [recorded as readonly Json[], fresh as readonly Json[]]
    // If the number of parts differs, it is unknown which parts the client would shorten, so all are sent in full.
    return before.length === now.length && before.length === sent.length
      ? sent.map((item: Json, i) => echoOfValue(item, before[i], now[i] as Json, replaceIn))
      : fresh
  }
  return isEmpty(sent) && isEmpty(fresh) ? sent : fresh
}
