import type { HttpResponse } from '../../http/message.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { NoMatch } from '../exchange/flow.ts'
import type { Entry } from '../library/catalog.ts'
import { explainExhausted, explainMiss, type Miss } from './explain.ts'

/** What a session knows that an explanation needs. */
export interface SessionHistory {
  readonly played: ReadonlyMap<Entry, number>
  /** How often the session sent the request that these answer. */
  timesRequested(recorded: readonly Entry[]): number
}

/** Answers a request that has no recorded answer with the reason, and what would help. */
export async function answerMiss(
  context: SessionContext,
  history: SessionHistory,
  x: Exchange,
  outcome: NoMatch,
): Promise<HttpResponse> {
  const miss: Miss = { x, context, played: history.played }
  // At once: whoever looks next is to see it, and the reason takes a look into the directory.
  x.journal({ outcome: outcome.kind, status: 404 })
  const reason =
    outcome.kind === 'miss'
      ? await explainMiss(miss)
      : explainExhausted(miss, outcome.recorded, history.timesRequested(outcome.recorded))
  x.journal({ reason })
  return context.dependencies.dialect.errors.custom(404, `replay_${outcome.kind}`, reason)
}
