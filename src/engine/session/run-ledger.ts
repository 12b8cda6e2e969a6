import { Spending } from '../../policies/budget/spending-cap.ts'
import type { Entry } from '../library/catalog.ts'
import { type Books, type Counts, type JournalEntry, type JournalOutcome, Tally } from '../journal.ts'

/** Findings kept word for word. What is over is counted. */
const KEPT = 1_000

const FINDINGS: ReadonlySet<JournalOutcome> = new Set(['miss', 'exhausted', 'dropped', 'failed'])

/** The books of a run over all its sessions: what it came to outlives the sessions that are dropped. */
export class Ledger implements Books {
  readonly #tally = new Tally()
  readonly #findings = new Set<JournalEntry>()
  readonly #played = new Map<Entry, number>()

  /** What is spent of the run's budget. */
  readonly spending = new Spending()

  get counts(): Counts {
    return this.#tally.counts
  }

  /** What found no answer or was not kept, with the reasons; the first thousand. */
  get findings(): readonly JournalEntry[] {
    return [...this.#findings]
  }

  /** Recorded interactions that some session played, and how often. */
  get played(): ReadonlyMap<Entry, number> {
    return this.#played
  }

  play(entry: Entry): void {
    this.#played.set(entry, (this.#played.get(entry) ?? 0) + 1)
  }

  count(entry: JournalEntry, by: 1 | -1): void {
    this.#tally.add(entry.outcome, by)
    if (by === 1 && FINDINGS.has(entry.outcome) && this.#findings.size < KEPT) this.#findings.add(entry)
  }
}
