/** What was asked in a session, and what came of it. Secrets are taken out of all of it. */
export interface JournalEntry {
  readonly method: string
  readonly path: string
  readonly outcome: JournalOutcome
  /** The status that the client got; absent while the upstream has not answered. */
  readonly status?: number
  /** The cassette that answered or took the recording. */
  readonly cassette?: string
  /** Why a request was not answered, or its exchange not kept; which fault happened to it. */
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
  /** Telemetry and the like: answered here, neither recorded nor sent on. */
  | 'ignored'
  /** A fault or a limit happened to it, or it was over the budget; `reason` tells which. */
  | 'faulted'

/** How many requests came to what. */
export type Counts = Readonly<Record<JournalOutcome, number>>

/** Counts requests by their outcome. */
export class Tally {
  readonly #counts: Record<JournalOutcome, number> = {
    hit: 0,
    miss: 0,
    exhausted: 0,
    pending: 0,
    recorded: 0,
    passed: 0,
    dropped: 0,
    failed: 0,
    ignored: 0,
    faulted: 0,
  }

  get counts(): Counts {
    return { ...this.#counts }
  }

  add(outcome: JournalOutcome, by: 1 | -1): void {
    this.#counts[outcome] += by
  }
}

/** Books that are kept besides the journal, over more than one session. */
export interface Books {
  count(entry: JournalEntry, by: 1 | -1): void
}

/** Entries kept. A server may run for weeks: the oldest are forgotten, their outcomes still counted. */
const KEPT = 10_000

export type Settle = (settled: Partial<JournalEntry>) => void

/** Entries in the order of the requests; one that is pending is settled later. */
export class Journal {
  #entries: JournalEntry[] = []
  readonly #tally = new Tally()
  readonly #books: Books

  constructor(books: Books) {
    this.#books = books
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  /** Forgotten entries included. */
  get counts(): Counts {
    return this.#tally.counts
  }

  /** @param own the journal of whoever asked, among those that share this one */
  add(entry: JournalEntry, own?: JournalEntry[]): Settle {
    const kept = { ...entry }
    own?.push(kept)
    if (this.#entries.length >= KEPT * 1.5) this.#entries = this.#entries.slice(-KEPT)
    this.#entries.push(kept)
    this.#count(kept, 1)
    return (settled) => {
      this.#count(kept, -1)
      Object.assign(kept, settled)
      this.#count(kept, 1)
    }
  }

  #count(entry: JournalEntry, by: 1 | -1): void {
    this.#tally.add(entry.outcome, by)
    this.#books.count(entry, by)
  }
}
