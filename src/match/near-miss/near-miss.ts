import { Digests } from './similarity/digest.ts'
import { type Difference, diffJson } from './json-diff.ts'
import type { Parts } from '../identity.ts'
import type { Placeholders } from '../../redact/placeholders.ts'
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

/** Where two requests differ, leaf by leaf. */
export type Compare = (recorded: Parts, received: Parts) => readonly Difference[]

/** Differences counted in one candidate, at most. */
export const MAX_DIFFERENCES = 24

/** Candidates that are compared leaf by leaf. All are compared by their sketches. */
const MAX_COMPARED = 12

const MAX_NEAREST = 3

/** In differences. */
const PLAYED_PENALTY = 0.5

/** By a request's parts: one that is looked for twice is sketched once. */
const sketches = new WeakMap<Parts, Sketch>()

/**
 * The recorded requests nearest to a request, three at most, the nearest first: those with
 * the same method and path before others, then those with the fewest differences.
 */
export function nearest<T>(
  request: Parts,
  { all, partsOf, isPlayed }: Candidates<T>,
  compare: Compare,
): NearMiss<T>[] {
  const wanted = sketched(request)
  const ranked = all
    .map((candidate) => ({ candidate, address: addressDistance(request, partsOf(candidate)) }))
    .toSorted((a, b) => a.address - b.address)
  const last = ranked[MAX_COMPARED - 1]?.address ?? Infinity
  return ranked
    .filter(({ address }) => address <= last)
    .map((each) => ({
      ...each,
      likely:
        sketchDistance(wanted, sketched(partsOf(each.candidate))) +
        (isPlayed(each.candidate) ? PLAYED_PENALTY : 0),
    }))
    .toSorted((a, b) => a.address - b.address || a.likely - b.likely)
    .slice(0, MAX_COMPARED)
    .map((each) => {
      const differences = compare(partsOf(each.candidate), request)
      return {
        ...each,
        differences,
        far: differences.length + (isPlayed(each.candidate) ? PLAYED_PENALTY : 0),
      }
    })
    .toSorted((a, b) => a.address - b.address || a.far - b.far || a.likely - b.likely)
    .slice(0, MAX_NEAREST)
    .map(({ candidate, address, differences }) => ({ candidate, sameAddress: address === 0, differences }))
}

function sketched(parts: Parts): Sketch {
  const known = sketches.get(parts) ?? sketch(parts)
  sketches.set(parts, known)
  return known
}

/** 0 for the same method and path; the less, the more of the path is shared. */
function addressDistance(a: Parts, b: Parts): number {
  const method = a.method === b.method ? 0 : 1
  if (a.path === b.path) return method
  const [segments, others] = [a.path.split('/'), b.path.split('/')]
  const shortest = Math.min(segments.length, others.length)
  let start = 0
  while (start < shortest && segments[start] === others[start]) start++
  let end = 0
  // Base URLs are wrong as often as endpoints: `/chat/completions` is near `/v1/chat/completions`.
  while (end < shortest - start && segments.at(-1 - end) === others.at(-1 - end)) end++
  return 2 + method + Math.max(segments.length, others.length) - start - end
}

/** Digests the received request once for all candidates. */
export function compareParts(placeholders: Placeholders): Compare {
  const digests = new Digests()
  return (recorded, received) => {
    const found: Difference[] = []
    for (const part of ['method', 'path', 'query', 'headers', 'bodyKind', 'body'] as const) {
      const differences = diffJson(recorded[part], received[part], MAX_DIFFERENCES - found.length, digests)
      // In a body the path alone says where; elsewhere the part's name does.
      for (const each of differences)
        found.push(part === 'body' ? each : { ...each, path: part + each.path.slice(1) })
    }
    const counting = found.filter((each) => !differsInNumbersOnly(each, placeholders))
    return counting.length > 0 ? counting : found
  }
}

/** The numbers of placeholders do not count in matching. */
function differsInNumbersOnly({ recorded, received }: Difference, placeholders: Placeholders): boolean {
  return (
    typeof recorded === 'string' &&
    typeof received === 'string' &&
    placeholders.renumber(recorded) === placeholders.renumber(received)
  )
}
