import type { Entry } from '../library/catalog.ts'
import { type Counting, type Counts, type JournalEntry, type JournalOutcome, Tally } from '../journal.ts'

/** How many findings are kept in full. Further ones are only counted. */
const MAX_FINDINGS = 1_000

const FINDINGS: ReadonlySet<JournalOutcome> = new Set(['miss', 'exhausted', 'dropped', 'failed'])

/** Counts over all sessions of a run, including sessions that were dropped. */
export class RunLedger implements Counting {
  readonly #tally = new Tally()
  readonly #findings = new Set<JournalEntry>()
  readonly #played = new Map<Entry, number>()

  get counts(): Counts {
    return this.#tally.counts
  }

  /** Requests that found no answer or were not recorded, with the reasons; the first thousand. */
  get findings(): readonly JournalEntry[] {
    return [...this.#findings]
  }

  /** How often each recorded interaction was played, by any session. */
  get played(): ReadonlyMap<Entry, number> {
    return this.#played
  }

  countPlayed(entry: Entry): void {
    this.#played.set(entry, (this.#played.get(entry) ?? 0) + 1)
  }

  count(entry: JournalEntry, by: 1 | -1): void {
    this.#tally.add(entry.outcome, by)
    if (by === 1 && FINDINGS.has(entry.outcome) && this.#findings.size < MAX_FINDINGS)
      this.#findings.add(entry)
  }
}
