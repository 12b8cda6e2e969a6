import { Digests } from './similarity/digest.ts'
import { type Difference, diffJson } from './json-diff.ts'
import type { Parts } from '../identity.ts'
import type { Placeholders } from '../../redact/placeholders.ts'
import { type Sketch, sketch, sketchDistance } from './similarity/sketch.ts'

/** A recorded request that is similar to a received one, with their differences. */
export interface NearMiss<T> {
  readonly candidate: T
  /** Whether method and path are the same. */
  readonly sameAddress: boolean
  /** Paths outside the body begin with the part's name: `path`, `query.limit[0]`. */
  readonly differences: readonly Difference[]
}

export interface Candidates<T> {
  readonly all: readonly T[]
  readonly partsOf: (candidate: T) => Parts
  /** Whether the candidate was already replayed, which makes it a less likely match. */
  readonly isPlayed: (candidate: T) => boolean
}

/** Lists the differences between two requests, one for each leaf value. */
export type Compare = (recorded: Parts, received: Parts) => readonly Difference[]

/** The maximum number of differences listed for one candidate. */
export const MAX_DIFFERENCES = 24

/** The number of candidates that are compared in full. They are chosen by their paths and sketches. */
const MAX_COMPARED = 12

const MAX_NEAREST = 3

/** Added to the number of differences of a candidate that was already replayed. */
const PLAYED_PENALTY = 0.5

/** Caches the sketch of each request. */
const sketches = new WeakMap<Parts, Sketch>()

/**
 * Up to three recorded requests that are most similar to a request, the most similar first.
 * The same method and path count more than the number of differences.
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

/** 0 for the same method and path. Smaller the more path segments are shared. */
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

/** Caches digests, so that the received request is digested once for all candidates. */
export function compareParts(placeholders: Placeholders): Compare {
  const digests = new Digests()
  return (recorded, received) => {
    const found: Difference[] = []
    for (const part of ['method', 'path', 'query', 'headers', 'bodyKind', 'body'] as const) {
      const differences = diffJson(recorded[part], received[part], MAX_DIFFERENCES - found.length, digests)
      // Paths in the body begin with `$`, all others with the part's name.
      for (const each of differences)
        found.push(part === 'body' ? each : { ...each, path: part + each.path.slice(1) })
    }
    const counting = found.filter((each) => !differsInNumbersOnly(each, placeholders))
    return counting.length > 0 ? counting : found
  }
}

/** Matching ignores the numbers of placeholders. */
function differsInNumbersOnly({ recorded, received }: Difference, placeholders: Placeholders): boolean {
  return (
    typeof recorded === 'string' &&
    typeof received === 'string' &&
    placeholders.renumber(recorded) === placeholders.renumber(received)
  )
}
