/** What to do when a request is made more often than it was recorded. */
export type Repeat = 'error' | 'last' | 'cycle'

export type Outcome<T> =
  | { readonly kind: 'hit'; readonly entry: T; readonly occurrence: number }
  /** The request was made more often than it was recorded. */
  | { readonly kind: 'exhausted'; readonly recorded: readonly T[] }
  | { readonly kind: 'miss' }

/** Interactions by fingerprint, each list in recorded order. */
export type Index<T> = ReadonlyMap<string, readonly T[]>

/** @param occurrence how many requests with this fingerprint came before */
export function lookup<T>(
  index: Index<T>,
  fingerprint: string,
  occurrence: number,
  repeat: Repeat,
): Outcome<T> {
  const recorded = index.get(fingerprint)
  if (recorded === undefined || recorded.length === 0) return { kind: 'miss' }
  if (occurrence >= recorded.length && repeat === 'error') return { kind: 'exhausted', recorded }
  const at = repeat === 'cycle' ? occurrence % recorded.length : Math.min(occurrence, recorded.length - 1)
  return { kind: 'hit', entry: recorded[at] as T, occurrence: at }
}
