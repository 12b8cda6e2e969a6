import type { JournalEntry } from './journal.ts'

/**
 * The part of a shared session that belongs to one test. What it did can be told apart, and undone
 * when the test runs again.
 */
export class Scope {
  /** Its own requests. */
  readonly journal: JournalEntry[] = []
}
