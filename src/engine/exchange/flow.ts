import type { Entry } from '../library/catalog.ts'
import type { Answer, AnswerOrLater, Found, Policy } from './exchange.ts'
import type { OpenExchange } from './open-exchange.ts'

/** The session's side of each step. */
export interface Steps {
  /** The policies that are not idle. */
  readonly policies: readonly Policy[]
  /** Whether requests without a recorded answer go to the upstream. */
  readonly forwards: boolean
  find(x: OpenExchange): Found
  replay(x: OpenExchange, entry: Entry): AnswerOrLater<Answer>
  /** Answers with an explanation of why nothing was found. */
  explain(x: OpenExchange, outcome: NoMatch): Promise<Answer>
  /** Forwards the exchange, and finishes it when the body of the answer has ended. */
  forward(x: OpenExchange): Promise<Answer>
}

export type NoMatch = Exclude<Found['outcome'], { kind: 'hit' }>

/**
 * Answers an exchange. This is the only order of steps, for requests and WebSockets alike. It is
 * synchronous where nothing waits.
 * @throws ConnectionError when the client is to get no answer
 */
export function answer(steps: Steps, x: OpenExchange): AnswerOrLater<Answer> {
  x.meet(steps.policies)
  if (!x.hasParts) return lookUpAndAnswer(steps, x)
  try {
    const answered = after(x.before(), (early) => early ?? lookUpAndAnswer(steps, x))
    if (!(answered instanceof Promise)) return finishUnlessForwarded(x, answered)
    return answered.then(
      (it) => finishUnlessForwarded(x, it),
      (error: unknown) => {
        x.finish()
        throw error
      },
    )
  } catch (error) {
    x.finish()
    throw error
  }
}

/** Awaits nothing between the look-up and the verdict, so that concurrent requests cannot use the same remainder. */
function lookUpAndAnswer(steps: Steps, x: OpenExchange): AnswerOrLater<Answer> {
  const found = steps.find(x)
  const { outcome } = found
  const verdict = x.decide(found, steps.forwards && outcome.kind !== 'hit')
  if (verdict?.kind === 'refuse') {
    found.giveBack()
    x.journal({ outcome: 'faulted', status: verdict.answer.status, reason: verdict.reason })
    return x.prepare(verdict.answer)
  }
  if (outcome.kind === 'hit') {
    x.book(outcome.entry, verdict)
    return prepared(x, steps.replay(x, outcome.entry))
  }
  if (!steps.forwards) return prepared(x, steps.explain(x, outcome))
  x.note = verdict?.reason
  x.isForwarded = true
  return prepared(x, steps.forward(x))
}

function prepared(x: OpenExchange, given: AnswerOrLater<Answer>): AnswerOrLater<Answer> {
  return x.hasParts ? after(given, (it) => x.prepare(it)) : given
}

function finishUnlessForwarded(x: OpenExchange, given: Answer): Answer {
  if (!x.isForwarded) x.finish()
  return given
}

/** Passes a value to `next`, synchronously unless it is a promise. */
function after<T, R>(value: AnswerOrLater<T>, next: (value: T) => AnswerOrLater<R>): AnswerOrLater<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
