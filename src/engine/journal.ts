/** One request of a session and its outcome, with secrets redacted. */
export interface JournalEntry {
  readonly method: string
  readonly path: string
  readonly outcome: JournalOutcome
  /** The status that the client got; absent while the upstream has not answered. */
  readonly status?: number
  /** The cassette that answered or took the recording. */
  readonly cassette?: string
  /** Why the request was not answered or not recorded, or which fault happened. */
  readonly reason?: string
}

export type JournalOutcome =
  /** Answered from the cassette. */
  | 'hit'
  | 'miss'
  | 'exhausted'
  /** Waiting for the upstream, or receiving its answer. */
  | 'pending'
  | 'recorded'
  /** Answered by the upstream, in a mode that records nothing. */
  | 'passed'
  /** Answered by the upstream, but not recorded; `reason` says why. */
  | 'dropped'
  /** The upstream did not answer. */
  | 'failed'
  /** Telemetry and the like: answered here, neither recorded nor forwarded. */
  | 'ignored'
  /** A fault, a limit or the budget decided the answer; `reason` says which. */
  | 'faulted'

/** Requests by outcome. */
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

/** Sums the outcomes of several sessions. */
export interface Counting {
  count(entry: JournalEntry, by: 1 | -1): void
}

/** A server may run for weeks, so the oldest entries are dropped. Their outcomes stay counted. */
const MAX_ENTRIES = 10_000

export type Settle = (settled: Partial<JournalEntry>) => void

/** Entries in the order of the requests. A pending entry gets its outcome later. */
export class Journal {
  #entries: JournalEntry[] = []
  readonly #tally = new Tally()
  readonly #run: Counting

  constructor(run: Counting) {
    this.#run = run
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  /** Includes dropped entries. */
  get counts(): Counts {
    return this.#tally.counts
  }

  /** @param own the journal of the request's scope, where several scopes share the session */
  add(entry: JournalEntry, own?: JournalEntry[]): Settle {
    const added = { ...entry }
    own?.push(added)
    if (this.#entries.length >= MAX_ENTRIES * 1.5) this.#entries = this.#entries.slice(-MAX_ENTRIES)
    this.#entries.push(added)
    this.#count(added, 1)
    return (settled) => {
      this.#count(added, -1)
      Object.assign(added, settled)
      this.#count(added, 1)
    }
  }

  #count(entry: JournalEntry, by: 1 | -1): void {
    this.#tally.add(entry.outcome, by)
    this.#run.count(entry, by)
  }
}
