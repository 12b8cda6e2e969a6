import type { HttpResponse } from '../../http/message.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { NoMatch } from '../exchange/flow.ts'
import type { Entry } from '../library/catalog.ts'
import { explainExhausted, explainMiss, type Miss } from './explain.ts'

/** The facts of a session that an explanation needs. */
export interface SessionHistory {
  readonly played: ReadonlyMap<Entry, number>
  /** How often the session sent the request that these interactions answer. */
  timesRequested(recorded: readonly Entry[]): number
}

/** Answers a miss with its explanation and the way to fix it. */
export async function answerMiss(
  context: SessionContext,
  history: SessionHistory,
  x: Exchange,
  outcome: NoMatch,
): Promise<HttpResponse> {
  const miss: Miss = { x, context, played: history.played }
  // Journaled before the explanation, which may read the directory first.
  x.journal({ outcome: outcome.kind, status: 404 })
  const reason =
    outcome.kind === 'miss'
      ? await explainMiss(miss)
      : explainExhausted(miss, outcome.recorded, history.timesRequested(outcome.recorded))
  x.journal({ reason })
  return context.dependencies.dialect.errors.custom(404, `replay_${outcome.kind}`, reason)
}
