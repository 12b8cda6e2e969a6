/** A fetch that notes what came of each request. */
export interface Counted {
  readonly fetch: typeof fetch
  /** Of all answers, in their order. */
  readonly statuses: readonly number[]
  /** What may abort each request. */
  readonly signals: readonly (AbortSignal | null | undefined)[]
}

export function countedFetch(): Counted {
  const statuses: number[] = []
  const signals: (AbortSignal | null | undefined)[] = []
  return {
    statuses,
    signals,
    fetch: async (input, init) => {
      signals.push(init?.signal)
      const response = await fetch(input, init)
      statuses.push(response.status)
      return response
    },
  }
}
