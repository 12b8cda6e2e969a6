import type { EstimateInput, UsageSighting, Use } from '../../api/usage.ts'

/** What an answer showed, and where it came from. */
export interface Shown {
  readonly showing: UsageSighting
  /** How often it was the answer. */
  readonly times: number
  /** The URL that was asked. */
  readonly from: string
  readonly side: 'replayed' | 'spent'
}

/** Something that models did for a request, whatever number of answers told of it. */
export interface Work extends Omit<Shown, 'showing'> {
  readonly model: string | undefined
  /** Undefined when no answer told. */
  readonly uses: readonly Use[] | undefined
  /** What an estimate goes by, where there is one to be made. */
  readonly said: EstimateInput | undefined
}

/**
 * What was begun, each with what its own answer told of it, else the last that any other did: polls
 * of a run or a background Response show one use again and again. What was begun elsewhere is not
 * counted.
 */
export function worksOf<S extends Shown>(shown: readonly S[]): (Work & Omit<S, 'showing'>)[] {
  const later = new Map<string | undefined, readonly Use[]>()
  for (const { showing } of shown)
    if (!showing.begins && showing.uses !== undefined) later.set(showing.object, showing.uses)
  return shown.flatMap(({ showing: { begins, object, uses, model, estimateInput }, ...of }) =>
    begins ? [{ ...of, model, uses: uses ?? later.get(object), said: estimateInput }] : [],
  )
}
