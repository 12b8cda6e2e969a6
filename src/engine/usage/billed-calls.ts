import type { EstimateInput, UsageSighting, Use } from '../../api/usage.ts'

/** What an answer shows of usage, and where the answer came from. */
export interface Sighted {
  readonly sighting: UsageSighting
  /** How often it was the answer. */
  readonly times: number
  /** The URL of the request. */
  readonly from: string
  readonly side: 'replayed' | 'spent'
}

/** Something that is billed once, however many answers show it. */
export interface BilledCall extends Omit<Sighted, 'sighting'> {
  readonly model: string | undefined
  /** Undefined when no answer has the usage. */
  readonly uses: readonly Use[] | undefined
  /** Input of the token estimate; undefined if none is possible. */
  readonly estimateInput: EstimateInput | undefined
}

/**
 * Each call once, with the usage of its own answer, otherwise the latest that another answer shows: polls
 * of a run or a background Response show one usage again and again. What began elsewhere is not counted.
 */
export function billedCalls<S extends Sighted>(sighted: readonly S[]): (BilledCall & Omit<S, 'sighting'>)[] {
  const later = new Map<string | undefined, readonly Use[]>()
  for (const { sighting } of sighted)
    if (!sighting.begins && sighting.uses !== undefined) later.set(sighting.object, sighting.uses)
  return sighted.flatMap(({ sighting: { begins, object, uses, model, estimateInput }, ...of }) =>
    begins ? [{ ...of, model, uses: uses ?? later.get(object), estimateInput }] : [],
  )
}
