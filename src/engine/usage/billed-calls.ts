import type { EstimateInput, UsageSighting, Use } from '../../api/usage.ts'

/** The usage that an answer reports, and the source of the answer. */
export interface Sighted {
  readonly sighting: UsageSighting
  /** How often the answer was given. */
  readonly times: number
  /** The URL of the request. */
  readonly from: string
  readonly side: 'replayed' | 'spent'
}

/** A call that is billed once, although several answers may report it. */
export interface BilledCall extends Omit<Sighted, 'sighting'> {
  readonly model: string | undefined
  /** Undefined where no answer reports the usage. */
  readonly uses: readonly Use[] | undefined
  /** Input of the token estimate; undefined if none is possible. */
  readonly estimateInput: EstimateInput | undefined
}

/**
 * Each call once, with the usage of its own answer, otherwise the latest that another answer reports. Polls
 * of a run or a background Response report the same usage repeatedly. Work that another run started is not counted.
 */
export function billedCalls<S extends Sighted>(sighted: readonly S[]): (BilledCall & Omit<S, 'sighting'>)[] {
  const later = new Map<string | undefined, readonly Use[]>()
  for (const { sighting } of sighted)
    if (!sighting.begins && sighting.uses !== undefined) later.set(sighting.object, sighting.uses)
  return sighted.flatMap(({ sighting: { begins, object, uses, model, estimateInput }, ...of }) =>
    begins ? [{ ...of, model, uses: uses ?? later.get(object), estimateInput }] : [],
  )
}
