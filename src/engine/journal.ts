/** What was asked in a session, and what came of it. Secrets are taken out of all of it. */
export interface JournalEntry {
  readonly method: string
  readonly path: string
  readonly outcome: JournalOutcome
  /** The status that the client got; absent while the upstream has not answered. */
  readonly status?: number
  /** The cassette that answered or took the recording. */
  readonly cassette?: string
  /** Why a request was not answered, or its exchange not kept. */
  readonly reason?: string
}

export type JournalOutcome =
  /** Answered from the cassette. */
  | 'hit'
  | 'miss'
  | 'exhausted'
  /** On its way to or from the upstream. */
  | 'pending'
  | 'recorded'
  /** Answered by the upstream, in a mode that records nothing. */
  | 'passed'
  /** Answered by the upstream, but not kept; `reason` says why. */
  | 'dropped'
  /** No answer came from the upstream. */
  | 'failed'

/** Entries kept. A server may run for weeks: the oldest are forgotten, their outcomes still counted. */
const KEPT = 10_000

type Settle = (settled: Partial<JournalEntry>) => void

/** Entries in the order of the requests; one that is pending is settled later. */
export class Journal {
  #entries: JournalEntry[] = []
  readonly #counts = new Map<JournalOutcome, number>()

  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  count(outcome: JournalOutcome): number {
    return this.#counts.get(outcome) ?? 0
  }

  add(entry: JournalEntry): Settle {
    const kept = { ...entry }
    if (this.#entries.length >= KEPT * 1.5) this.#entries = this.#entries.slice(-KEPT)
    this.#entries.push(kept)
    this.#tally(kept.outcome, 1)
    return (settled) => {
      this.#tally(kept.outcome, -1)
      Object.assign(kept, settled)
      this.#tally(kept.outcome, 1)
    }
  }

  #tally(outcome: JournalOutcome, by: number): void {
    this.#counts.set(outcome, this.count(outcome) + by)
  }
}
