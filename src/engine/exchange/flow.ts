import type { Entry } from '../library/catalog.ts'
import type { Answer, AnswerOrLater, Found, Policy } from './exchange.ts'
import type { OpenExchange } from './open-exchange.ts'

/** What a session does in each step. */
export interface Steps {
  /** Faults, budget, limits: those that are not idle. */
  readonly policies: readonly Policy[]
  /** Whether the upstream gets what is not found. */
  readonly forwards: boolean
  find(x: OpenExchange): Found
  replay(x: OpenExchange, entry: Entry): AnswerOrLater<Answer>
  /** Answers with the reason why nothing was found. */
  explain(x: OpenExchange, outcome: NoMatch): Promise<Answer>
  /** Finishes the exchange itself: its body goes on after the answer's head. */
  forward(x: OpenExchange): Promise<Answer>
}

export type NoMatch = Exclude<Found['outcome'], { kind: 'hit' }>

/**
 * Answers an exchange. This is the one order of steps, for requests and for WebSockets alike. It is
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

/** Nothing is awaited from the look-up to the verdict: requests at once must not all find the same left. */
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

/** `next` of a value, as soon as it is there. */
function after<T, R>(value: AnswerOrLater<T>, next: (value: T) => AnswerOrLater<R>): AnswerOrLater<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
