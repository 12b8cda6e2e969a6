import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** An item of a recorded answer, and what the new answer has in its place. */
export interface ItemPair {
  readonly recorded: JsonObject
  readonly fresh: JsonObject
}

/** Whether a client has sent an item back: what both have is the same, and something in it tells it from others. */
export function isEchoOf(sent: JsonObject, recorded: JsonObject): boolean {
  let tells = false
  for (const [key, value] of Object.entries(sent)) {
    const told = recorded[key]
    if (isNothing(value) && isNothing(told)) continue
    // What a client leaves empty, or says besides, is its own affair.
    if (isNothing(value) || told === undefined) continue
    if (!isPartOf(value, told)) return false
    if (TELLING.has(key)) tells = true
  }
  return tells
}

const TELLING: ReadonlySet<string> = new Set([
  'id',
  'call_id',
  'encrypted_content',
  'tool_calls',
  'function_call',
  'content',
  'arguments',
  'reasoning_details',
])

/** Whether the same is said, perhaps with members left out. */
function isPartOf(sent: Json, told: Json | undefined): boolean {
  if (isNothing(sent) || isNothing(told)) return isNothing(sent) && isNothing(told)
  if (Array.isArray(sent)) {
    const [items, others] = [sent as readonly Json[], told as readonly Json[]]
    return (
      Array.isArray(told) &&
      items.length === told.length &&
      items.every((item, i) => isPartOf(item, others[i]))
    )
  }
  if (isJsonObject(sent))
    return isJsonObject(told) && Object.entries(sent).every(([key, value]) => isPartOf(value, told[key]))
  return sent === told
}

/** Clients leave out what is null or empty, or fill it in. */
function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/**
 * The new item in the form in which the client sent the recorded one: with the members that it kept, and all of
 * the new one's where it kept all.
 * @param own what becomes of members that the client added
 */
export function echoed(
  sent: JsonObject,
  { recorded, fresh }: ItemPair,
  own: (value: Json) => Json,
): JsonObject {
  const kept = Object.entries(sent).flatMap(([key, value]): [string, Json][] => {
    const now = fresh[key]
    if (!(key in recorded)) return [[key, own(value)]]
    if (isNothing(value) && (isNothing(now) || !isNothing(recorded[key]))) return [[key, value]]
    return now === undefined ? [] : [[key, inForm(value, recorded[key], now, own)]]
  })
  const isWhole = Object.keys(recorded).every((key) => key in sent)
  const more = isWhole ? Object.entries(fresh).filter(([key]) => !(key in recorded)) : []
  return Object.fromEntries([...kept, ...more])
}

function inForm(sent: Json, recorded: Json | undefined, fresh: Json, own: (value: Json) => Json): Json {
  if (isJsonObject(sent) && isJsonObject(recorded) && isJsonObject(fresh))
    return echoed(sent, { recorded, fresh }, own)
  if (Array.isArray(sent) && Array.isArray(recorded) && Array.isArray(fresh)) {
    const [before, now] = [recorded as readonly Json[], fresh as readonly Json[]]
    // Another number of parts: in what form the client would send them is not known, so they stay whole.
    return before.length === now.length && before.length === sent.length
      ? sent.map((item: Json, i) => inForm(item, before[i], now[i] as Json, own))
      : fresh
  }
  return isNothing(sent) && isNothing(fresh) ? sent : fresh
}
