import { sha256 } from '../http/bytes.ts'
import { canonicalJson, isJsonObject, type Json } from '../json/json.ts'
import type { Parts } from './identity.ts'

/** A request with its minted values taken out: what is left, and the values in their order. */
export interface Shape {
  /** Equal for two requests that differ in nothing but minted values, each standing in the same places. */
  readonly fingerprint: string
  /** Each once, in the order in which they first stand in the request. */
  readonly values: readonly string[]
}

/**
 * What OpenAI's ids look like: a short word, then letters and digits that mean nothing. One in seventy has no digit:
 * two capitals in a row tell it from words.
 */
const MINTED =
  /^(?:asst|batch|call|cfile|chatcmpl|ci|cmpl|cntr|conv|cu|eval|evalrun|fc|file|ftjob|ig|item|mcp|mcpl|mcpr|msg|part|resp|rs|run|step|thread|upload|video|vs|vsfb|ws)[-_](?:(?=\w*\d)[A-Za-z0-9_-]{8,}|(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2})[A-Za-z]{16,})$/

export function looksMinted(value: string): boolean {
  return MINTED.test(value)
}

/** Members that carry such a value, whatever it looks like: a client may make its own. */
export const MINTED_MEMBERS: ReadonlySet<string> = new Set([
  'assistant_id',
  'batch_id',
  'call_id',
  'container_id',
  'encrypted_content',
  'file_id',
  'item_id',
  'previous_item_id',
  'previous_response_id',
  'response_id',
  'run_id',
  'thread_id',
  'tool_call_id',
  'vector_store_id',
])

/** Lists whose items have an `id` that was minted. */
const ITEM_LISTS: ReadonlySet<string> = new Set(['input', 'messages', 'tool_calls'])

/** Undefined when a request carries no minted value. */
export function shapeOf(parts: Parts): Shape | undefined {
  const numbers = new Map<string, number>()
  const number = (value: string): string => {
    const known = numbers.get(value) ?? numbers.size
    numbers.set(value, known)
    return `\0${known}`
  }
  const path = parts.path
    .split('/')
    .map((segment) => (MINTED.test(segment) ? number(segment) : segment))
    .join('/')
  const shaped = { ...parts, path, query: replaced(parts.query, number), body: replaced(parts.body, number) }
  if (numbers.size === 0) return undefined
  return { fingerprint: sha256(canonicalJson(shaped as unknown as Json)), values: [...numbers.keys()] }
}

/** In the order of a walk through the value, members sorted: the same for every order of members. */
function replaced(root: Json, number: (value: string) => string): Json {
  const top: Json[] = [root]
  const todo: { readonly into: Container; readonly key: string | number; readonly list: string }[] = [
    { into: top, key: 0, list: '' },
  ]
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    const value = (place.into as Record<string | number, Json>)[place.key] as Json
    if (typeof value === 'string') {
      if (isMinted(value, place)) put(place.into, place.key, number(value))
    } else if (Array.isArray(value)) {
      const copy = [...(value as readonly Json[])]
      put(place.into, place.key, copy)
      const list = typeof place.key === 'string' ? place.key : place.list
      for (let i = copy.length - 1; i >= 0; i--) todo.push({ into: copy, key: i, list })
    } else if (isJsonObject(value)) {
      const copy = { ...value }
      put(place.into, place.key, copy)
      for (const key of Object.keys(copy).toSorted().toReversed())
        todo.push({ into: copy, key, list: place.list })
    }
  }
  return top[0] as Json
}

type Container = Json[] | Record<string, Json>

function put(container: Container, key: string | number, value: Json): void {
  // Not by assignment: a member named __proto__ is one like any other.
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true })
}

function isMinted(
  value: string,
  { key, list }: { readonly key: string | number; readonly list: string },
): boolean {
  if (value.length < 4 || /\s/.test(value)) return false
  if (typeof key === 'string' && (MINTED_MEMBERS.has(key) || (key === 'id' && ITEM_LISTS.has(list))))
    return true
  return MINTED.test(value)
}
