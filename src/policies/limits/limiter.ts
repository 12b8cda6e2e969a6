import {
  type Bucket,
  full,
  type Level,
  levelOf,
  type Limits,
  limitsOf,
  type OverLimit,
  refilled,
  type Resource,
  waitFor,
  without,
} from '../../api/limits.ts'
import type { ApiErrors } from '../../api/dialect.ts'
import type { Headers, HttpResponse } from '../../http/message.ts'
import type { LimitClock } from './limit-clock.ts'
import type { Trail } from '../../engine/scope.ts'

/** What a limiter says to a request. */
export interface Metered {
  /** The answer where it is over a limit. */
  readonly refusal: HttpResponse | undefined
  readonly reason: string
  /** What is left, for the answer. */
  readonly headers: Headers
}

/** What happened to a limiter, by whom: as much as must be known to do without it. */
type Step = { readonly trail: Trail | undefined } & (
  | { readonly kind: 'taken'; readonly at: number; readonly takings: readonly Taking[] }
  | { readonly kind: 'advanced'; readonly ms: number }
)

interface Taking {
  readonly key: string
  readonly limit: number
  readonly amount: number
}

/** Requests and tokens that each model takes a minute, in one session. */
export class Limiter {
  readonly #limits: Limits
  readonly #clock: LimitClock
  readonly #failures: ApiErrors
  #buckets = new Map<string, Bucket>()
  /** From when on trails come; where none do, nobody takes back anything. */
  #log: { readonly buckets: ReadonlyMap<string, Bucket>; readonly steps: Step[] } | undefined

  constructor(limits: Limits, clock: LimitClock, failures: ApiErrors) {
    this.#limits = limits
    this.#clock = clock
    this.#failures = failures
  }

  /**
   * Counts a request; one that is refused takes nothing.
   * @param tokens what it uses
   * @param trail of whoever asks, where several share the session
   * @returns undefined where its model has no limits
   */
  meter(model: string | undefined, tokens: () => number, trail?: Trail): Metered | undefined {
    const limits = model === undefined ? undefined : limitsOf(this.#limits, model)
    if (model === undefined || limits === undefined) return undefined
    const now = this.#clock.now()
    const wanted = RESOURCES.flatMap((resource) => {
      const limit = limits[resource]
      if (limit === undefined) return []
      const key = JSON.stringify([model, resource])
      const bucket = this.#filled(key, limit, now)
      return [{ resource, key, bucket, amount: resource === 'requests' ? 1 : tokens() }]
    })
    const over = wanted.find(({ bucket, amount }) => waitFor(bucket, amount) > 0)
    if (over === undefined) {
      const takings = wanted.map(({ key, bucket: { limit }, amount }) => ({ key, limit, amount }))
      this.#write({ kind: 'taken', at: now, takings, trail })
      this.#take(now, takings)
    }
    const levels: Partial<Record<Resource, Level>> = {}
    for (const { resource, key, bucket } of wanted)
      levels[resource] = levelOf(over === undefined ? this.#filled(key, bucket.limit, now) : bucket)
    const headers = this.#failures.limitHeaders(levels)
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
      refusal: this.#failures.rateLimited(refusal),
      reason: `limit: ${model} takes ${bucket.limit} ${resource} a minute, has ${refusal.level.remaining} left, and was asked for ${amount}`,
      headers,
    }
  }

  /** Told that its clock was advanced. */
  advanced(ms: number, trail: Trail | undefined): void {
    this.#write({ kind: 'advanced', ms, trail })
  }

  /**
   * Has what it would have without a trail's requests, and without the time that it let pass.
   * @returns how much this was, in milliseconds: its clock is to go back by it
   */
  undo(trail: Trail): number {
    if (this.#log === undefined) return 0
    let passed = 0
    this.#buckets = new Map(this.#log.buckets)
    const steps = this.#log.steps.flatMap((step): readonly Step[] => {
      if (step.trail === trail && step.kind === 'advanced') passed += step.ms
      if (step.trail === trail) return []
      if (step.kind === 'advanced') return [step]
      const at = step.at - passed
      this.#take(at, step.takings)
      return [{ ...step, at }]
    })
    this.#log = { ...this.#log, steps }
    return passed
  }

  #take(now: number, takings: readonly Taking[]): void {
    for (const { key, limit, amount } of takings)
      this.#buckets.set(key, without(this.#filled(key, limit, now), amount))
  }

  #filled(key: string, limit: number, now: number): Bucket {
    return refilled(this.#buckets.get(key) ?? full(limit, now), now)
  }

  #write(step: Step): void {
    if (this.#log === undefined && step.trail === undefined) return
    this.#log ??= { buckets: new Map(this.#buckets), steps: [] }
    this.#log.steps.push(step)
  }
}

const RESOURCES: readonly Resource[] = ['requests', 'tokens']
