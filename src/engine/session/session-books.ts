import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import type { SessionUsage } from '../../api/usage.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { Books } from '../exchange/open-exchange.ts'
import { Journal, type JournalEntry, type Settle } from '../journal.ts'
import type { Entry } from '../library/catalog.ts'
import type { Scope } from '../scope.ts'
import { ScopedLog } from '../scoped-log.ts'
import { UsageBook, type UsageOptions } from '../usage/usage-book.ts'
import type { RunLedger } from './run-ledger.ts'

/** The counters of one session: its journal, its plays and its usage. */
export class SessionBooks implements Books {
  readonly journal: Journal
  readonly #run: RunLedger
  readonly #played = new Map<Entry, number>()
  readonly #givenOut = new ScopedLog<Set<Entry>, Entry>(new Set(), {
    copy: (entries) => new Set(entries),
    apply: (entries, entry) => void entries.add(entry),
  })
  readonly #usage: UsageBook

  constructor(context: SessionContext, run: RunLedger) {
    this.journal = new Journal(run)
    this.#run = run
    this.#usage = new UsageBook(context, this.#played)
  }

  /** How often each recorded interaction was played. */
  get playCounts(): ReadonlyMap<Entry, number> {
    return this.#played
  }

  /** Token usage of the requests. Requests of an undone scope stay counted, because a real API would have billed them. */
  usage(options?: UsageOptions): SessionUsage {
    return this.#usage.usage(options)
  }

  note(entry: JournalEntry, scope: Scope | undefined): Settle {
    return this.journal.add(entry, scope?.journal)
  }

  /** The interactions whose answers clients have, without those of undone scopes. */
  get givenOut(): ReadonlySet<Entry> {
    return this.#givenOut.state
  }

  undo(scope: Scope): void {
    this.#givenOut.undo(scope)
  }

  played(entry: Entry, scope: Scope | undefined): void {
    this.#givenOut.add(entry, scope)
    this.#played.set(entry, (this.#played.get(entry) ?? 0) + 1)
    this.#run.countPlayed(entry)
  }

  spent(request: RecordedRequest, response: RecordedResponse, base: string): void {
    this.#usage.count(request, response, base)
  }
}
