/** Exit statuses. A wrapped command's own status goes before them. */
export const EXIT = {
  ok: 0,
  /** A miss, an invalid cassette. */
  finding: 1,
  usage: 2,
} as const

/** Sets the status with which the command ends; 0 if it is never called. */
export type SetExitStatus = (code: number) => void
