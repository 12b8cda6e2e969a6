import { UsageError } from '../../messages/errors.ts'
import { fieldsOf } from '../faults/read.ts'

/** By model; `*` is for each model that has no limits of its own. */
export type Limits = Readonly<Record<string, ModelLimits>>

/** How much a model takes a minute. */
export interface ModelLimits {
  readonly requests?: number
  readonly tokens?: number
}

export type Resource = 'requests' | 'tokens'

/** @throws UsageError that names the file or option, the model and the field */
export function readLimits(data: unknown, where: string): Limits {
  const limits = fieldsOf(data, undefined, `${where}: limits`)
  for (const [model, entry] of Object.entries(limits)) {
    const at = `${where}: limits['${model}']`
    const counts = Object.entries(fieldsOf(entry, ['requests', 'tokens'], at))
    if (counts.length === 0) throw new UsageError(`${at}: expected 'requests', 'tokens' or both`)
    const wrong = counts.find(([, count]) => !Number.isSafeInteger(count) || (count as number) < 1)
    if (wrong !== undefined)
      throw new UsageError(
        `${at}: '${wrong[0]}' must be a whole number from 1, not ${JSON.stringify(wrong[1])}`,
      )
  }
  return limits as Limits
}

/** The limits of a model: its own, or those for all. */
export function limitsOf(limits: Limits, model: string): ModelLimits | undefined {
  if (Object.hasOwn(limits, model)) return limits[model]
  return Object.hasOwn(limits, '*') ? limits['*'] : undefined
}

const MINUTE = 60_000

/** What is left of a resource at a time. It comes back evenly, all of it in a minute, as the API's does. */
export interface Bucket {
  readonly limit: number
  readonly left: number
  /** Milliseconds on the limiter's clock. */
  readonly at: number
}

export function full(limit: number, now: number): Bucket {
  return { limit, left: limit, at: now }
}

export function refilled({ limit, left, at }: Bucket, now: number): Bucket {
  return { limit, left: Math.min(limit, left + (Math.max(0, now - at) * limit) / MINUTE), at: now }
}

/** Milliseconds until so much is there, rounded up; 0 where it is. */
export function waitFor({ limit, left }: Bucket, amount: number): number {
  // What was added up in many small steps is a whole number but for rounding.
  const missing = amount - left
  return missing <= 1e-9 * limit ? 0 : Math.ceil((missing * MINUTE) / limit - 1e-6)
}

export function without(bucket: Bucket, amount: number): Bucket {
  return { ...bucket, left: Math.max(0, bucket.left - amount) }
}

/** A bucket as its headers tell it. */
export interface Level {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until it is full. */
  readonly reset: number
}

export function levelOf(bucket: Bucket): Level {
  return {
    limit: bucket.limit,
    remaining: Math.floor(bucket.left + 1e-6),
    reset: waitFor(bucket, bucket.limit),
  }
}
