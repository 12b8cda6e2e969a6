import type { HttpResponse } from '../../http/message.ts'
import type { Question } from '../record/forward.ts'
import type { SessionBudget } from '../../policies/budget/budget.ts'
import type { Entry } from '../library/catalog.ts'
import type { Found } from './finder.ts'
import type { Journal, JournalEntry, Settle } from '../journal.ts'
import type { Ledger } from '../session/run-ledger.ts'
import { play } from './play.ts'
import type { Due, Rehearsal } from '../../policies/faults/fault-injector.ts'
import type { Setting } from '../setting.ts'
import { hinderedBy, spoils } from '../../policies/faults/applicability.ts'
import type { Trail } from '../scope.ts'
import type { UsageBook } from '../usage/usage-book.ts'

/** Where a session keeps what it played. */
export interface PlayerBooks {
  readonly journal: Journal
  readonly ledger: Ledger
  readonly usage: UsageBook
  readonly budget: SessionBudget
}

/** A request, as far as an answer to it depends on it. */
type Asking = Pick<Question, 'request' | 'signal' | 'trail'>

/** Plays recorded interactions for one session, and writes down that it did. */
export class Player {
  readonly #setting: Setting
  readonly #books: PlayerBooks
  readonly #rehearsal: Rehearsal
  readonly #played = new Set<Entry>()

  constructor(setting: Setting, books: PlayerBooks, rehearsal: Rehearsal) {
    this.#setting = setting
    this.#books = books
    this.#rehearsal = rehearsal
  }

  get played(): ReadonlySet<Entry> {
    return this.#played
  }

  play(entry: Entry, asking: Asking, said: Partial<JournalEntry> = {}): Promise<HttpResponse> {
    this.note(entry, asking.trail, said)
    return this.#answer(entry, asking)
  }

  /**
   * Plays it late or spoilt.
   * @param found what it was found by: given back, as this request cannot use it
   */
  async playRehearsed(entry: Entry, due: Due, found: Found, asking: Asking): Promise<HttpResponse> {
    const fault = spoils(due.fault.does)
    const hindered = fault && hinderedBy(fault, entry.interaction.response)
    if (fault === undefined || hindered !== undefined) return this.play(entry, asking, saidOf(due, hindered))
    const { use } = this.noteSpoilt(entry, due, found, asking.trail)
    return this.#rehearsal.spoil(await this.#answer(entry, asking), due, fault, {
      readsOn: false,
      ended: (whole) => {
        // Only what was stalled may still come to its end.
        if (whole && fault.kind === 'stall') use()
      },
    })
  }

  /** Writes down that it is played spoilt. It is given back, and used up where `use` is called after all. */
  noteSpoilt(
    entry: Entry,
    due: Due,
    found: Found,
    trail: Trail | undefined,
  ): { readonly settle: Settle; readonly use: () => void } {
    const settle = this.#say(entry, trail, saidOf(due, undefined))
    // At once: a client that leaves may ask again before its leaving is noticed.
    found.giveBack()
    const use = (): void => {
      this.#mark(entry, trail)
      found.use()
    }
    return { settle, use }
  }

  /** Writes down that it was played. */
  note(entry: Entry, trail: Trail | undefined, said: Partial<JournalEntry> = {}): Settle {
    this.#mark(entry, trail)
    return this.#say(entry, trail, said)
  }

  #mark(entry: Entry, trail: Trail | undefined): void {
    this.#played.add(entry)
    this.#books.ledger.play(entry)
    this.#books.usage.play(entry)
    this.#books.budget.play(entry, trail)
  }

  #say({ interaction, cassette }: Entry, trail: Trail | undefined, said: Partial<JournalEntry>): Settle {
    const { method, path } = interaction.request
    const { status } = interaction.response
    const entry = { method, path, outcome: 'hit' as const, status, cassette, ...said }
    return this.#books.journal.add(entry, trail?.journal)
  }

  async #answer({ interaction: { response } }: Entry, { request, signal }: Asking): Promise<HttpResponse> {
    const { timing, dialect, clock, store, held } = this.#setting
    const answer = await play(response, { timing, clock, store, held, signal })
    return timing === 'instant'
      ? {
          ...answer,
          headers: dialect.responses.withoutWaits(request.method, response.status, answer.headers),
        }
      : answer
  }
}

/**
 * What the journal says of an answer to which a fault happens.
 * @param hindered why it does not
 */
export function saidOf({ reason }: Pick<Due, 'reason'>, hindered: string | undefined): Partial<JournalEntry> {
  const said = whyOf({ reason }, hindered)
  return hindered === undefined ? { outcome: 'faulted', ...said } : said
}

/** The same of a request that has an outcome of its own. */
export function whyOf({ reason }: Pick<Due, 'reason'>, hindered: string | undefined): Partial<JournalEntry> {
  return { reason: hindered === undefined ? reason : `${reason}: it did not happen, as ${hindered}` }
}
