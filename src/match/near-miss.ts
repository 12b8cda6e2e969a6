import { Digests } from './similarity/digest.ts'
import { type Difference, diffJson } from './similarity/json-diff.ts'
import type { Parts } from './identity.ts'
import { renumberPlaceholders } from '../redact/placeholders.ts'
import { type Sketch, sketch, sketchDistance } from './similarity/sketch.ts'

/** A recorded request that agrees in some parts, with the places in which it does not. */
export interface NearMiss<T> {
  readonly candidate: T
  /** Whether method and path are the same. */
  readonly sameAddress: boolean
  /** Those outside the body are named after their part: `path`, `query.limit[0]`. */
  readonly differences: readonly Difference[]
}

export interface Candidates<T> {
  readonly all: readonly T[]
  readonly partsOf: (candidate: T) => Parts
  /** One that was played already is less likely to be meant. */
  readonly isPlayed: (candidate: T) => boolean
}

/** Compares leaf by leaf. */
export type Compare = (recorded: Parts, received: Parts) => readonly Difference[]

/** Differences counted in one candidate, at most. */
export const MOST_DIFFERENCES = 24

/** How many candidates are compared leaf by leaf; all are compared by their sketches. */
const COMPARED = 12

const SHOWN = 3

/** What being played already counts for, in places that differ. */
const PLAYED = 0.5

/** Of a request's parts, and so as good as a field of theirs: what a session asks about twice is sketched once. */
const sketches = new WeakMap<Parts, Sketch>()

/**
 * The recorded requests nearest to what was asked, three at most, the nearest first: those
 * with the same method and path before others, then those with the fewest differences.
 */
export function nearest<T>(
  asked: Parts,
  { all, partsOf, isPlayed }: Candidates<T>,
  compare: Compare = comparing(),
): NearMiss<T>[] {
  const wanted = sketched(asked)
  const ranked = all
    .map((candidate) => ({ candidate, address: addressDistance(asked, partsOf(candidate)) }))
    .toSorted((a, b) => a.address - b.address)
  const last = ranked[COMPARED - 1]?.address ?? Infinity
  return ranked
    .filter(({ address }) => address <= last)
    .map((each) => ({
      ...each,
      likely:
        sketchDistance(wanted, sketched(partsOf(each.candidate))) + (isPlayed(each.candidate) ? PLAYED : 0),
    }))
    .toSorted((a, b) => a.address - b.address || a.likely - b.likely)
    .slice(0, COMPARED)
    .map((each) => {
      const differences = compare(partsOf(each.candidate), asked)
      return { ...each, differences, far: differences.length + (isPlayed(each.candidate) ? PLAYED : 0) }
    })
    .toSorted((a, b) => a.address - b.address || a.far - b.far || a.likely - b.likely)
    .slice(0, SHOWN)
    .map(({ candidate, address, differences }) => ({ candidate, sameAddress: address === 0, differences }))
}

function sketched(parts: Parts): Sketch {
  const known = sketches.get(parts) ?? sketch(parts)
  sketches.set(parts, known)
  return known
}

/** 0 for the same method and path; the more of the path is shared, the less. */
function addressDistance(a: Parts, b: Parts): number {
  const method = a.method === b.method ? 0 : 1
  if (a.path === b.path) return method
  const [segments, others] = [a.path.split('/'), b.path.split('/')]
  const shortest = Math.min(segments.length, others.length)
  let start = 0
  while (start < shortest && segments[start] === others[start]) start++
  let end = 0
  // Bases are mistaken as often as endpoints: `/chat/completions` is near `/v1/chat/completions`.
  while (end < shortest - start && segments.at(-1 - end) === others.at(-1 - end)) end++
  return 2 + method + Math.max(segments.length, others.length) - start - end
}

/** The request that was asked is digested once for all candidates. */
function comparing(): Compare {
  const digests = new Digests()
  return (recorded, received) => {
    const found: Difference[] = []
    for (const part of ['method', 'path', 'query', 'headers', 'bodyKind', 'body'] as const) {
      const differences = diffJson(recorded[part], received[part], MOST_DIFFERENCES - found.length, digests)
      // In a body the path alone says where; elsewhere the part's name has to.
      for (const each of differences)
        found.push(part === 'body' ? each : { ...each, path: part + each.path.slice(1) })
    }
    const counting = found.filter((each) => !isRenumbered(each))
    return counting.length > 0 ? counting : found
  }
}

/** Placeholders are numbered anew before they are matched: two that differ in numbers alone are no difference. */
function isRenumbered({ recorded, received }: Difference): boolean {
  return (
    typeof recorded === 'string' &&
    typeof received === 'string' &&
    renumberPlaceholders(recorded) === renumberPlaceholders(received)
  )
}
