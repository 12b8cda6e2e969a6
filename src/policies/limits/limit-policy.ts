import type { SessionContext } from '../../engine/exchange/context.ts'
import type { Answer, Exchange, Found, Part, Policy, Verdict } from '../../engine/exchange/exchange.ts'
import type { Entry } from '../../engine/library/catalog.ts'
import type { Scope } from '../../engine/scope.ts'
import { sightingsOf } from '../../engine/usage/usage-book.ts'
import { withoutHeaders } from '../../http/message.ts'
import { withRetryHints } from '../api-error.ts'
import { LimitClock, type LimitTime } from './limit-clock.ts'
import { Limiter, type Metered } from './limiter.ts'
import type { Limits } from '../../api/limits.ts'

/** Rate limits for one session: requests and tokens a minute for each model. */
export class LimitPolicy implements Policy {
  readonly #context: SessionContext
  readonly #clock: LimitClock
  #limiter: Limiter

  constructor(context: SessionContext, limits: Limits, time: LimitTime) {
    this.#context = context
    const { clock, dialect } = context.dependencies
    this.#clock = new LimitClock(time, clock)
    this.#limiter = new Limiter(limits, this.#clock, dialect.errors)
  }

  get isIdle(): boolean {
    return this.#limiter.isIdle
  }

  /** Replaces the limits. All buckets start full. */
  replace(limits: Limits): void {
    const { errors } = this.#context.dependencies.dialect
    this.#limiter = new Limiter(limits, this.#clock, errors, this.#limiter)
  }

  /**
   * Advances the clock of the limits.
   * @throws UsageError unless it is a number of milliseconds from 0
   */
  advance(ms: number, scope?: Scope): void {
    this.#limiter.advance(ms, scope)
  }

  meet(x: Exchange): Part {
    let metered: Metered | undefined
    return {
      decide: (found, forwards) => {
        metered = this.#meter(x, found, forwards)
        return refusalOf(metered)
      },
      prepare: (answer) => withLimits(answer, metered),
    }
  }

  /** An exchange without an answer takes nothing. */
  #meter(x: Exchange, { outcome }: Found, forwards: boolean): Metered | undefined {
    const entry = outcome.kind === 'hit' ? outcome.entry : undefined
    if (entry === undefined && !forwards) return undefined
    const { dialect } = this.#context.dependencies
    const model = dialect.requests.modelOf(x.recorded)
    const metered = this.#limiter.meter(model, () => this.#tokensOf(x, entry), x.scope)
    return metered?.refusal === undefined
      ? metered
      : { ...metered, refusal: withRetryHints(this.#context, metered.refusal, x.recorded.method) }
  }

  /** Tokens of the recorded answer, otherwise an estimate from the request. */
  #tokensOf({ recorded }: Exchange, entry: Entry | undefined): number {
    const { dialect } = this.#context.dependencies
    const showings = entry === undefined ? [] : sightingsOf(entry.interaction, dialect)
    const uses = showings.flatMap((showing) => (showing.begins ? (showing.uses ?? []) : []))
    if (uses.length === 0) return dialect.usage.estimateForLimits(recorded)
    return uses.reduce((sum, { tokens }) => sum + (tokens.input ?? 0) + (tokens.output ?? 0), 0)
  }

  undo(scope: Scope): void {
    this.#limiter.undo(scope)
  }

  end(): void {
    // Nothing waits for a limit.
  }
}

function refusalOf(metered: Metered | undefined): Verdict | undefined {
  if (metered?.refusal === undefined) return undefined
  return { kind: 'refuse', answer: metered.refusal, reason: metered.reason }
}

/** Replaces the recorded rate-limit headers with what is left now. */
function withLimits(answer: Answer, metered: Metered | undefined): Answer {
  if (metered === undefined || answer.kind === 'open') return answer
  const names = new Set(metered.headers.map(([name]) => name))
  return { ...answer, headers: [...withoutHeaders(answer.headers, names), ...metered.headers] }
}
