import type { RecordedRequest } from '../../cassette/cassette.ts'
import { ConnectionError } from '../../messages/errors.ts'
import type { HttpResponse } from '../../http/message.ts'
import type { SessionBudget } from '../budget/budget.ts'
import type { Found } from '../../engine/replay/finder.ts'
import type { JournalEntry, Settle } from '../../engine/journal.ts'
import { type Due, type Rehearsal, withLimits } from './fault-injector.ts'
import type { Trail } from '../../engine/scope.ts'

export interface Rehearsed {
  readonly budget: SessionBudget
  readonly asked: RecordedRequest
  /** The client's. */
  readonly signal: AbortSignal | undefined
  /** Whether the upstream is asked for what is not found. */
  readonly asks: boolean
  readonly trail: Trail | undefined
  readonly find: () => Found
  readonly note: (entry: Pick<JournalEntry, 'status' | 'reason'>) => Settle
}

/**
 * Answers a request with what goes wrong for it: an error in place of its answer, a limit, or, in
 * `answer`, the recorded one spoilt. An answer that the client could not use consumes nothing.
 */
export async function rehearse(
  rehearsal: Rehearsal,
  { asked, budget, signal, asks, trail, find, note }: Rehearsed,
  answer: (found: Found, due: Due | undefined) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const due = rehearsal.due(asked, 'http', trail)
  const instead = due && (await answerInstead(rehearsal, due, { asked, signal, note }))
  if (instead !== undefined) return instead
  const settling = budget.settling()
  if (settling !== undefined) await settling
  const over = budget.refuse(asked)
  if (over !== undefined) {
    note({ status: over.response.status, reason: over.reason })
    return over.response
  }
  const found = find()
  const { outcome } = found
  const entry = outcome.kind === 'hit' ? outcome.entry : undefined
  const metered = entry === undefined && !asks ? undefined : rehearsal.meter(asked, entry, trail)
  if (metered?.refusal !== undefined) {
    found.giveBack()
    note({ status: metered.refusal.status, reason: metered.reason })
    return withLimits(metered.refusal, metered)
  }
  return withLimits(await answer(found, due), metered)
}

/**
 * What a fault answers in place of all else; undefined where it lets an answer come, once it is as late as it is to be.
 * @throws ConnectionError when the client is to get no answer, or left meanwhile
 */
export async function answerInstead(
  rehearsal: Rehearsal,
  due: Due,
  { asked, signal, note }: Pick<Rehearsed, 'asked' | 'signal' | 'note'>,
): Promise<HttpResponse | undefined> {
  if (REPLACES.has(due.fault.does.kind)) {
    const settle = note({ reason: due.reason })
    await rehearsal.delay(due, signal)
    const response = await rehearsal.answer(due, asked.method, signal)
    settle({ status: response.status })
    return response
  }
  await rehearsal.delay(due, signal)
  if (!signal?.aborted) return undefined
  note({ reason: `${due.reason}; the client left meanwhile` })
  throw new ConnectionError('the client left', undefined)
}

const REPLACES: ReadonlySet<string> = new Set(['error', 'answer', 'timeout', 'reset'])
