import type { Fault } from '../policies/faults/rules.ts'
import type { JournalEntry } from './journal.ts'
import type { Slot } from './library/recorder.ts'

/**
 * What one of several users of a session did in it, a test of a suite for instance: so
 * that it can be told apart, and undone when the test is run again.
 */
export class Trail {
  readonly journal: JournalEntry[] = []
  /** The fingerprints that were looked up, as often as they were. */
  readonly counted: string[] = []
  /** The faults that it was counted for, as often as it was. */
  readonly faults: Fault[] = []
  /** The caller's own ids that stood for recorded ones. */
  readonly aligned: { readonly received: string; readonly recorded: string }[] = []
  /** The places that it took in the recording. */
  readonly slots: Slot[] = []
}
