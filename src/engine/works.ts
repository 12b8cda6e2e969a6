import type { Showing, Use } from '../core/usage.ts'

/** What an answer showed, and where it came from. */
export interface Shown {
  readonly showing: Showing
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
}

/**
 * What was begun, each with what its own answer told of it, else the last that any other did: polls
 * of a run or a background Response show one use again and again. What was begun elsewhere is not
 * counted.
 */
export function worksOf(shown: readonly Shown[]): Work[] {
  const later = new Map<string | undefined, readonly Use[]>()
  for (const { showing } of shown)
    if (!showing.begins && showing.uses !== undefined) later.set(showing.object, showing.uses)
  return shown.flatMap(({ showing: { begins, object, uses, model }, ...of }) =>
    begins ? [{ ...of, model, uses: uses ?? later.get(object) }] : [],
  )
}
