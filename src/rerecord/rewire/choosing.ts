/**
 * Chooses where several answers told the same: greetings, ids that were taken out of a recording. A history that
 * has it several times has the answers in their order; equal requests go on from the answers in their order; else
 * the last answer is meant.
 */
export class Choosing {
  readonly #total: ReadonlyMap<string, number>
  readonly #seen = new Map<string, number>()
  readonly #equals: { readonly nth: number; readonly of: number }

  /** @param total how often each stands in the request */
  constructor(total: ReadonlyMap<string, number>, equals: { readonly nth: number; readonly of: number }) {
    this.#total = total
    this.#equals = equals
  }

  /** @param isRepeated whether it may stand in a request once for each answer that told it */
  choose<T>(choices: readonly T[], what: string, isRepeated: boolean): T | undefined {
    const total = isRepeated ? (this.#total.get(what) ?? 1) : 1
    const nth = this.#seen.get(what) ?? 0
    this.#seen.set(what, nth + 1)
    if (total > 1) return choices[Math.min(Math.max(0, choices.length - total) + nth, choices.length - 1)]
    const { nth: turn, of } = this.#equals
    return of > 1 ? choices[Math.min(turn, choices.length - 1)] : choices.at(-1)
  }
}
