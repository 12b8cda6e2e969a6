import {
  type Bucket,
  full,
  type Level,
  levelOf,
  type Limits,
  limitsOf,
  refilled,
  type Resource,
  waitFor,
  without,
} from '../core/faults/limits.ts'
import type { Failures, Refusal } from '../core/dialect.ts'
import type { Headers, HttpResponse } from '../core/http.ts'
import type { LimitClock } from './limit-clock.ts'

/** What a limiter says to a request. */
export interface Metered {
  /** The answer where it is over a limit. */
  readonly refusal: HttpResponse | undefined
  readonly reason: string
  /** What is left, for the answer. */
  readonly headers: Headers
}

/** Requests and tokens that each model takes a minute, in one session. */
export class Limiter {
  readonly #limits: Limits
  readonly #clock: LimitClock
  readonly #failures: Failures
  readonly #buckets = new Map<string, Bucket>()

  constructor(limits: Limits, clock: LimitClock, failures: Failures) {
    this.#limits = limits
    this.#clock = clock
    this.#failures = failures
  }

  /**
   * Counts a request; one that is refused takes nothing.
   * @param tokens what it uses
   * @returns undefined where its model has no limits
   */
  meter(model: string | undefined, tokens: () => number): Metered | undefined {
    const limits = model === undefined ? undefined : limitsOf(this.#limits, model)
    if (model === undefined || limits === undefined) return undefined
    const now = this.#clock.now()
    const wanted = RESOURCES.flatMap((resource) => {
      const limit = limits[resource]
      if (limit === undefined) return []
      const key = JSON.stringify([model, resource])
      const bucket = refilled(this.#buckets.get(key) ?? full(limit, now), now)
      return [{ resource, key, bucket, amount: resource === 'requests' ? 1 : tokens() }]
    })
    const over = wanted.find(({ bucket, amount }) => waitFor(bucket, amount) > 0)
    for (const { key, bucket, amount } of wanted)
      this.#buckets.set(key, over === undefined ? without(bucket, amount) : bucket)
    const levels: Partial<Record<Resource, Level>> = {}
    for (const { resource, key } of wanted) levels[resource] = levelOf(this.#buckets.get(key) as Bucket)
    const headers = this.#failures.limitHeaders(levels)
    if (over === undefined) return { refusal: undefined, reason: '', headers }
    const { resource, bucket, amount } = over
    const refusal: Refusal = {
      model,
      resource,
      requested: amount,
      level: levels[resource] as Level,
      wait: amount > bucket.limit ? undefined : waitFor(bucket, amount),
    }
    return {
      refusal: this.#failures.rateLimited(refusal),
      reason: `limit: ${model} takes ${bucket.limit} ${resource} a minute, has ${refusal.level.remaining} left, and was asked for ${amount}`,
      headers,
    }
  }
}

const RESOURCES: readonly Resource[] = ['requests', 'tokens']
