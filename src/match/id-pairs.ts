import type { WithoutIds } from './generated-ids.ts'

/** An id in a received request, and the recorded id that it corresponds to. */
export interface IdPair {
  readonly received: string
  readonly recorded: string
}

/** A one-to-one mapping between received and recorded ids. */
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
 * The new id pairs of two requests. Undefined if the requests differ in anything but generated ids, or if two
 * ids cannot be paired.
 * @param mustBeEqual whether different ids may not be paired, because one of them refers to something else
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
