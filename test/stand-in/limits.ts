import type { Asked } from './asked.ts'
import { ApiError, errorBody } from './errors.ts'
import { letters } from './ids.ts'
import { BROKEN_ONCE, broken, RATE_LIMITED_ONCE } from './models.ts'
import type { World } from './world.ts'

/** A request for a model that fails once is refused, and answered when it comes again. */
export function refuseOnce({ body, seed }: Asked, world: World): ApiError | undefined {
  const refusal = Object.entries(REFUSALS).find(([model]) => body.includes(`"${model}"`))?.[1]
  if (refusal === undefined || world.refused.has(seed)) return undefined
  world.refused.add(seed)
  return refusal()
}

const REFUSALS: Readonly<Record<string, () => ApiError>> = {
  [RATE_LIMITED_ONCE]: rateLimited,
  [BROKEN_ONCE]: broken,
}

function rateLimited(): ApiError {
  const message = `Rate limit reached for gpt-4o-mini in organization org-${letters('organization', 24)} on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20ms. Visit https://platform.openai.com/account/rate-limits to learn more.`
  return new ApiError(429, errorBody(message, { type: 'requests', code: 'rate_limit_exceeded' }), [
    ['retry-after', '1'],
    ['retry-after-ms', '20'],
  ])
}
