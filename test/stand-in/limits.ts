import type { Asked } from './asked.ts'
import { ApiError, errorBody } from './errors.ts'
import { letters } from './ids.ts'
import { RATE_LIMITED_ONCE } from './models.ts'
import type { World } from './world.ts'

/** A request for the model that is rate limited is refused once, and answered when it comes again. */
export function refuseOnce({ body, seed }: Asked, world: World): ApiError | undefined {
  if (!body.includes(`"${RATE_LIMITED_ONCE}"`) || world.refused.has(seed)) return undefined
  world.refused.add(seed)
  const message = `Rate limit reached for gpt-4o-mini in organization org-${letters('organization', 24)} on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20ms. Visit https://platform.openai.com/account/rate-limits to learn more.`
  return new ApiError(429, errorBody(message, { type: 'requests', code: 'rate_limit_exceeded' }), [
    ['retry-after', '1'],
    ['retry-after-ms', '20'],
  ])
}
