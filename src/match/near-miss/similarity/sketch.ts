import { Digests } from './digest.ts'
import { isJsonObject, type Json } from '../../../json/json.ts'
import { likeness, type Words, wordsOf } from './likeness.ts'
import type { Parts } from '../../identity.ts'

/** A summary of a request that can be compared with thousands of others quickly. */
export interface Sketch {
  readonly query: number
  readonly headers: number
  readonly bodyKind: string
  readonly members: ReadonlyMap<string, Member>
}

/** A member of a JSON body. A body that is not an object is a single member. */
interface Member {
  readonly own: Feature
  /** The items of a list or the members of an object. */
  readonly inner: readonly Feature[] | undefined
  /** How often a digest occurs in `inner`. */
  readonly counts: ReadonlyMap<number, number>
}

interface Feature {
  readonly digest: number
  readonly value: Json
  /** Computed when first needed. */
  words?: Words
}

export function sketch(parts: Parts): Sketch {
  const digests = new Digests()
  const members = new Map<string, Member>()
  if (isJsonObject(parts.body)) {
    for (const [name, value] of Object.entries(parts.body)) members.set(name, memberOf(value, digests))
  } else members.set('', memberOf(parts.body, digests))
  return {
    query: digests.of(parts.query),
    headers: digests.of(parts.headers),
    bodyKind: parts.bodyKind,
    members,
  }
}

function memberOf(value: Json, digests: Digests): Member {
  const feature = (each: Json): Feature => ({ digest: digests.of(each), value: each })
  const inner =
    typeof value === 'object' && value !== null ? (Object.values(value) as Json[]).map(feature) : undefined
  const counts = new Map<number, number>()
  for (const { digest } of inner ?? []) counts.set(digest, (counts.get(digest) ?? 0) + 1)
  return { own: feature(value), inner, counts }
}

/** Estimates the number of differences. A difference between similar texts counts for less than 1. */
export function sketchDistance(request: Sketch, recorded: Sketch): number {
  let distance = 0
  if (request.query !== recorded.query) distance++
  if (request.headers !== recorded.headers) distance++
  if (request.bodyKind !== recorded.bodyKind) distance++
  for (const [name, member] of request.members) distance += memberDistance(member, recorded.members.get(name))
  for (const name of recorded.members.keys()) if (!request.members.has(name)) distance++
  return distance
}

function memberDistance(received: Member, recorded: Member | undefined): number {
  if (recorded === undefined) return 1
  if (received.own.digest === recorded.own.digest) return 0
  if (received.inner === undefined || recorded.inner === undefined)
    return pairDistance(received.own, recorded.own)
  let shared = 0
  for (const [digest, count] of recorded.counts) shared += Math.min(count, received.counts.get(digest) ?? 0)
  const [unshared, others] = [received.inner.length - shared, recorded.inner.length - shared]
  const [a, b] = [lastNotIn(received.inner, recorded.counts), lastNotIn(recorded.inner, received.counts)]
  const most = Math.max(unshared, others, 1)
  return a === undefined || b === undefined ? most : most - 1 + pairDistance(a, b)
}

/** Finds the last feature that has no counterpart. Most changes are at the end: the last message, the last tool. */
function lastNotIn(features: readonly Feature[], counts: ReadonlyMap<number, number>): Feature | undefined {
  for (let i = features.length - 1; i >= Math.max(0, features.length - MAX_VISITED); i--) {
    const feature = features[i] as Feature
    if (!counts.has(feature.digest)) return feature
  }
  return undefined
}

const MAX_VISITED = 64

function pairDistance(a: Feature, b: Feature): number {
  a.words ??= wordsOf(a.value)
  b.words ??= wordsOf(b.value)
  return 1 - 0.9 * likeness(a.words, b.words)
}
