import type { WithoutIds } from './generated-ids.ts'

/** A caller's own id, and the recorded one that it stands for. */
export interface IdPair {
  readonly received: string
  readonly recorded: string
}

/** Pairs, one to one in both directions. */
export interface IdPairs {
  readonly recordedOf: Map<string, string>
  readonly receivedOf: Map<string, string>
}

export function noPairs(): IdPairs {
  return { recordedOf: new Map(), receivedOf: new Map() }
}

export function addPair({ recordedOf, receivedOf }: IdPairs, { received, recorded }: IdPair): void {
  recordedOf.set(received, recorded)
  receivedOf.set(recorded, received)
}

/**
 * The new pairs of two requests that differ in nothing but generated ids; undefined where an id cannot stand for
 * the one in its place.
 * @param mustBeEqual whether two different ids are not to be paired: one of them has a meaning of its own
 */
export function pairIds(
  known: IdPairs,
  received: WithoutIds,
  recorded: WithoutIds,
  mustBeEqual: (pair: IdPair) => boolean,
): readonly IdPair[] | undefined {
  if (received.fingerprint !== recorded.fingerprint) return undefined
  const pairs = received.ids.map((id, i) => ({ received: id, recorded: recorded.ids[i] as string }))
  const isPossible = (pair: IdPair): boolean => {
    const paired = known.recordedOf.get(pair.received)
    if (paired !== undefined || known.receivedOf.has(pair.recorded)) return paired === pair.recorded
    return pair.received === pair.recorded || !mustBeEqual(pair)
  }
  return pairs.every(isPossible) ? pairs.filter((pair) => !known.recordedOf.has(pair.received)) : undefined
}
