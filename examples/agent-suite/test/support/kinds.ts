// Tests whose cassette is played otherwise than usual: in process by the test's own options, through
// the server by one that was started with the same.

/** At the time at which it was recorded, not at once. */
export const TIMED = { cassette: { timing: { speed: 1 } }, meta: { kind: 'timed' } } as const

/** What was recorded once is answered as often as it is asked. */
export const REPEATING = { cassette: { repeat: 'last' }, meta: { kind: 'repeating' } } as const

export type Kind = 'usual' | 'timed' | 'repeating'

declare module 'vitest' {
  interface TaskMeta {
    kind?: Kind
  }
}
