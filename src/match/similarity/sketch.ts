import { Digests } from './digest.ts'
import { isJsonObject, type Json } from '../../json/json.ts'
import { likeness, type Words, wordsOf } from './likeness.ts'
import type { Parts } from '../identity.ts'

/** What of a request is looked at to say which recorded ones are near: cheap to compare with thousands. */
export interface Sketch {
  readonly query: number
  readonly headers: number
  readonly bodyKind: string
  readonly members: ReadonlyMap<string, Member>
}

/** A member of a body, or the body itself where it has none. */
interface Member {
  readonly own: Feature
  /** The items of a list or the members of an object. */
  readonly inner: readonly Feature[] | undefined
  /** How often a digest stands in `inner`. */
  readonly counts: ReadonlyMap<number, number>
}

interface Feature {
  readonly digest: number
  readonly value: Json
  /** Of long texts: found out when it is first needed. */
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

/** About how many places differ, each less than one where the texts in it are alike. */
export function sketchDistance(asked: Sketch, recorded: Sketch): number {
  let distance = 0
  if (asked.query !== recorded.query) distance++
  if (asked.headers !== recorded.headers) distance++
  if (asked.bodyKind !== recorded.bodyKind) distance++
  for (const [name, member] of asked.members) distance += memberDistance(member, recorded.members.get(name))
  for (const name of recorded.members.keys()) if (!asked.members.has(name)) distance++
  return distance
}

function memberDistance(asked: Member, recorded: Member | undefined): number {
  if (recorded === undefined) return 1
  if (asked.own.digest === recorded.own.digest) return 0
  if (asked.inner === undefined || recorded.inner === undefined) return pairDistance(asked.own, recorded.own)
  let shared = 0
  for (const [digest, count] of recorded.counts) shared += Math.min(count, asked.counts.get(digest) ?? 0)
  const [lone, other] = [asked.inner.length - shared, recorded.inner.length - shared]
  const [a, b] = [lastNotIn(asked.inner, recorded.counts), lastNotIn(recorded.inner, asked.counts)]
  const most = Math.max(lone, other, 1)
  return a === undefined || b === undefined ? most : most - 1 + pairDistance(a, b)
}

/** What was changed mostly stands at the end: the last message, the last tool. */
function lastNotIn(features: readonly Feature[], counts: ReadonlyMap<number, number>): Feature | undefined {
  for (let i = features.length - 1; i >= Math.max(0, features.length - LOOKED_AT); i--) {
    const feature = features[i] as Feature
    if (!counts.has(feature.digest)) return feature
  }
  return undefined
}

const LOOKED_AT = 64

function pairDistance(a: Feature, b: Feature): number {
  a.words ??= wordsOf(a.value)
  b.words ??= wordsOf(b.value)
  return 1 - 0.9 * likeness(a.words, b.words)
}
