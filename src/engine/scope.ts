import type { JournalEntry } from './journal.ts'

/**
 * The part of a shared session that belongs to one test. Its effects are tagged, so that they can be undone
 * when the test runs again.
 */
export class Scope {
  /** The journal of its own requests. */
  readonly journal: JournalEntry[] = []
}
