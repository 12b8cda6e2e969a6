/** Exit statuses. A wrapped command's own status goes before them. */
export const EXIT = {
  ok: 0,
  /** A miss, an invalid cassette. */
  finding: 1,
  usage: 2,
} as const

/** Takes the exit status that a command ends with. */
export type Settle = (code: number) => void
