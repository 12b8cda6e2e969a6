import type { ApiErrors } from '../../api/dialect.ts'
import type { Scope } from '../../engine/scope.ts'
import { type Folding, ScopedLog } from '../../engine/scoped-log.ts'
import type { Headers, HttpResponse } from '../../http/message.ts'
import { UsageError } from '../../messages/errors.ts'
import type { LimitClock } from './limit-clock.ts'
import {
  type Bucket,
  full,
  type Level,
  levelOf,
  type Limits,
  type OverLimit,
  limitsOf,
  refilled,
  type Resource,
  waitFor,
  without,
} from '../../api/limits.ts'

/** A limiter's decision on one request. */
export interface Metered {
  /** The answer where the request is over a limit. */
  readonly refusal: HttpResponse | undefined
  readonly reason: string
  /** Headers with what is left, for the answer. */
  readonly headers: Headers
}

interface Taking {
  readonly key: string
  readonly limit: number
  readonly amount: number
}

type LimitStep =
  /** @property at milliseconds on the clock, without the time advanced by hand */
  | { readonly kind: 'take'; readonly at: number; readonly takings: readonly Taking[] }
  | { readonly kind: 'advance'; readonly ms: number }

interface LimitState {
  /** Milliseconds advanced by hand. */
  ahead: number
  readonly buckets: Map<string, Bucket>
}

/** Token buckets of one session: requests and tokens a minute for each model. */
export class Limiter {
  readonly #limits: Limits
  readonly #clock: LimitClock
  readonly #errors: ApiErrors
  readonly #log: ScopedLog<LimitState, LimitStep>

  /** @param before the limiter that this one replaces: its clock goes on */
  constructor(limits: Limits, clock: LimitClock, errors: ApiErrors, before?: Limiter) {
    this.#limits = limits
    this.#clock = clock
    this.#errors = errors
    const ahead = before === undefined ? 0 : before.#log.state.ahead
    this.#log = new ScopedLog<LimitState, LimitStep>({ ahead, buckets: new Map() }, METERING)
  }

  get isIdle(): boolean {
    return Object.keys(this.#limits).length === 0
  }

  /**
   * Counts a request. A refused request takes nothing.
   * @param tokens how many it uses
   * @returns undefined where its model has no limits
   */
  meter(model: string | undefined, tokens: () => number, scope?: Scope): Metered | undefined {
    const limits = model === undefined ? undefined : limitsOf(this.#limits, model)
    if (model === undefined || limits === undefined) return undefined
    const at = this.#clock.now()
    const wanted = RESOURCES.flatMap((resource) => {
      const limit = limits[resource]
      if (limit === undefined) return []
      const key = JSON.stringify([model, resource])
      const bucket = filled(this.#log.state, { key, limit }, at)
      return [{ resource, key, bucket, amount: resource === 'requests' ? 1 : tokens() }]
    })
    const over = wanted.find(({ bucket, amount }) => waitFor(bucket, amount) > 0)
    if (over === undefined) {
      const takings = wanted.map(({ key, bucket: { limit }, amount }) => ({ key, limit, amount }))
      this.#log.add({ kind: 'take', at, takings }, scope)
    }
    const levels: Partial<Record<Resource, Level>> = {}
    for (const { resource, key, bucket } of wanted) {
      const { limit } = bucket
      levels[resource] = levelOf(over === undefined ? filled(this.#log.state, { key, limit }, at) : bucket)
    }
    const headers = this.#errors.limitHeaders(levels)
    if (over === undefined) return { refusal: undefined, reason: '', headers }
    const { resource, bucket, amount } = over
    const refusal: OverLimit = {
      model,
      resource,
      requested: amount,
      level: levels[resource] as Level,
      wait: amount > bucket.limit ? undefined : waitFor(bucket, amount),
    }
    return {
      refusal: this.#errors.rateLimited(refusal),
      reason: `limit: ${model} allows ${bucket.limit} ${resource} per minute and has ${refusal.level.remaining} left, but this request needs ${amount}`,
      headers,
    }
  }

  /**
   * Advances the clock.
   * @throws UsageError unless it is a number of milliseconds from 0
   */
  advance(ms: number, scope?: Scope): void {
    if (!Number.isFinite(ms) || ms < 0)
      throw new UsageError(`cannot advance the clock by ${ms}: expected milliseconds, 0 or more`)
    this.#log.add({ kind: 'advance', ms }, scope)
  }

  undo(scope: Scope): void {
    this.#log.undo(scope)
  }
}

const RESOURCES: readonly Resource[] = ['requests', 'tokens']

const METERING: Folding<LimitState, LimitStep> = {
  copy: ({ ahead, buckets }) => ({ ahead, buckets: new Map(buckets) }),
  apply: (state, step) => {
    if (step.kind === 'advance') state.ahead += step.ms
    else
      for (const taking of step.takings)
        state.buckets.set(taking.key, without(filled(state, taking, step.at), taking.amount))
  },
}

/** The state of a bucket at a given time. */
function filled(
  { ahead, buckets }: LimitState,
  { key, limit }: Pick<Taking, 'key' | 'limit'>,
  at: number,
): Bucket {
  const now = at + ahead
  return refilled(buckets.get(key) ?? full(limit, now), now)
}
