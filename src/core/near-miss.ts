import { type Difference, diffJson } from './json-diff.ts'
import { canonicalJson, type Json } from './json.ts'
import type { Parts } from './matchers.ts'

/** A recorded request that agrees in some parts, with the places in which it does not. */
export interface NearMiss<T> {
  readonly candidate: T
  readonly differences: readonly Difference[]
}

/** Differences counted and shown, at most. */
const LIMIT = 24

/** How many candidates are compared leaf by leaf. */
const CANDIDATES = 400

/** The recorded request nearest to what was asked: the same method and path first, then the fewest differences. */
export function nearest<T>(
  asked: Parts,
  candidates: readonly T[],
  partsOf: (candidate: T) => Parts,
): NearMiss<T> | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: addressDistance(asked, partsOf(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, CANDIDATES)
  let best: (NearMiss<T> & { readonly distance: number }) | undefined
  for (const { candidate, distance } of ranked) {
    if (best !== undefined && distance > best.distance) break
    const differences = diffParts(partsOf(candidate), asked, best?.differences.length ?? LIMIT)
    if (best === undefined || differences.length < best.differences.length)
      best = { candidate, differences, distance }
  }
  return best
}

/** 0 for the same method and path; the more of the path is shared, the less. */
function addressDistance(a: Parts, b: Parts): number {
  const method = a.method === b.method ? 0 : 1
  if (a.path === b.path) return method
  const [segments, others] = [a.path.split('/'), b.path.split('/')]
  const shared = segments.filter((segment, i) => segment === others[i]).length
  return 2 + method + Math.max(segments.length, others.length) - shared
}

function diffParts(recorded: Parts, received: Parts, limit: number): Difference[] {
  const found: Difference[] = []
  for (const part of ['method', 'path', 'query', 'headers', 'bodyKind', 'body'] as const) {
    const differences = diffJson(recorded[part], received[part], limit - found.length)
    // In a body the path alone says where; elsewhere the part's name has to.
    for (const each of differences)
      found.push(part === 'body' ? each : { ...each, path: part + each.path.slice(1) })
  }
  return found
}

/** Shown characters of a value. */
const WIDTH = 90

/** Two values as texts, long ones cut around the place where they begin to differ. */
export function showPair(
  recorded: Json | undefined,
  received: Json | undefined,
): { recorded: string; received: string } {
  const [a, b] = [show(recorded), show(received)]
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  const from = Math.max(a.length, b.length) <= WIDTH ? 0 : Math.max(0, same - WIDTH / 3)
  return { recorded: cut(a, from), received: cut(b, from) }
}

function show(value: Json | undefined): string {
  return value === undefined ? 'absent' : canonicalJson(value)
}

function cut(text: string, from: number): string {
  const end = from + WIDTH
  return `${from > 0 && from < text.length ? '…' : ''}${text.slice(from, end)}${end < text.length ? '…' : ''}`
}
