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
 * What was begun, each with the last that any answer told of it: polls of a run or of a
 * background Response show one use again and again. What was begun elsewhere is not counted.
 */
export function worksOf(shown: readonly Shown[]): Work[] {
  const last = new Map<string, readonly Use[]>()
  for (const { showing } of shown)
    if (showing.object !== undefined && showing.uses !== undefined) last.set(showing.object, showing.uses)
  return shown.flatMap(({ showing, ...of }) => {
    const { begins, object, uses, model } = showing
    return begins
      ? [{ ...of, model, uses: (object === undefined ? undefined : last.get(object)) ?? uses }]
      : []
  })
}
