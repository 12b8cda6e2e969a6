import { object, record } from '../json/input/object.ts'
import { optional, parsed, type Shape, wholeNumber } from '../json/input/shape.ts'

/** Limits by model. Models that are not listed each get the limits of `*`. */
export type Limits = Readonly<Record<string, ModelLimits>>

/** Limits per minute. */
export interface ModelLimits {
  readonly requests?: number
  readonly tokens?: number
}

const MODEL_LIMITS: Shape<ModelLimits> = parsed(
  object<ModelLimits>('{ requests: 3 }, { tokens: 1000 } or both', {
    requests: optional(wholeNumber({ from: 1 }, 3)),
    tokens: optional(wholeNumber({ from: 1 }, 1000)),
  }),
  (limits, place) =>
    Object.keys(limits).length === 0 ? place.expected(MODEL_LIMITS.expected, limits) : limits,
)

export const LIMITS: Shape<Limits> = record(
  MODEL_LIMITS,
  "an object with limits by model, such as { '*': { requests: 3 } }",
)

export type Resource = 'requests' | 'tokens'

/** The state of a limit, as response headers report it. */
export interface Level {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the limit is fully restored. */
  readonly reset: number
}

/** A request that exceeds a limit. */
export interface OverLimit {
  readonly model: string
  readonly resource: Resource
  readonly requested: number
  readonly level: Level
  /** Milliseconds until the request fits. Undefined if it exceeds the limit itself. */
  readonly wait: number | undefined
}

export function limitsOf(limits: Limits, model: string): ModelLimits | undefined {
  if (Object.hasOwn(limits, model)) return limits[model]
  return Object.hasOwn(limits, '*') ? limits['*'] : undefined
}

const MINUTE = 60_000

/** A token bucket. It refills at a constant rate, from empty to full in a minute, like the API's limits. */
export interface Bucket {
  readonly limit: number
  readonly left: number
  /** The time of `left`, in milliseconds on the limiter's clock. */
  readonly at: number
}

export function full(limit: number, now: number): Bucket {
  return { limit, left: limit, at: now }
}

export function refilled({ limit, left, at }: Bucket, now: number): Bucket {
  return { limit, left: Math.min(limit, left + (Math.max(0, now - at) * limit) / MINUTE), at: now }
}

/** Milliseconds until this amount is available, rounded up. 0 if it is available now. */
export function waitFor({ limit, left }: Bucket, amount: number): number {
  // Tolerates the rounding errors of many small refills.
  const missing = amount - left
  return missing <= 1e-9 * limit ? 0 : Math.ceil((missing * MINUTE) / limit - 1e-6)
}

export function without(bucket: Bucket, amount: number): Bucket {
  return { ...bucket, left: Math.max(0, bucket.left - amount) }
}

export function levelOf(bucket: Bucket): Level {
  return {
    limit: bucket.limit,
    remaining: Math.floor(bucket.left + 1e-6),
    reset: waitFor(bucket, bucket.limit),
  }
}
