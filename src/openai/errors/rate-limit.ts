import { encodeText } from '../../http/bytes.ts'
import type { Level, OverLimit, Resource } from '../../api/limits.ts'
import type { Headers, HttpResponse } from '../../http/message.ts'

const RESOURCE_NAMES: Readonly<Record<Resource, string>> = {
  requests: 'requests per min (RPM)',
  tokens: 'tokens per min (TPM)',
}

/** The API's response to what is over a limit. There is no `retry-after` where no retry can succeed. */
export function rateLimited({ model, resource, requested, level, wait }: OverLimit): HttpResponse {
  const on = `${model} in organization org-redacted on ${RESOURCE_NAMES[resource]}: Limit ${level.limit}`
  const message =
    wait === undefined
      ? `Request too large for ${on}, Requested ${requested}. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.`
      : `Rate limit reached for ${on}, Used ${level.limit - level.remaining}, Requested ${requested}. Please try again in ${duration(wait)}. Visit https://platform.openai.com/account/rate-limits to learn more.`
  const error = { message, type: resource, param: null, code: 'rate_limit_exceeded' }
  const hints: Headers = wait === undefined ? [] : [['retry-after', String(Math.ceil(wait / 1000))]]
  return {
    status: 429,
    headers: [['content-type', 'application/json'], ...hints],
    body: encodeText(JSON.stringify({ error }, null, 2)),
  }
}

const RESOURCES = ['requests', 'tokens'] as const

/** The headers by which every response of the API says what is left. */
export function limitHeaders(levels: Readonly<Partial<Record<Resource, Level>>>): Headers {
  const lines = (name: string, value: (level: Level) => string): [string, string][] =>
    RESOURCES.flatMap((resource) => {
      const level = levels[resource]
      return level === undefined ? [] : [[`x-ratelimit-${name}-${resource}`, value(level)]]
    })
  return [
    ...lines('limit', ({ limit }) => String(limit)),
    ...lines('remaining', ({ remaining }) => String(remaining)),
    ...lines('reset', ({ reset }) => duration(reset)),
  ]
}

/** As the API writes times: `6ms`, `1.5s`, `6m0s`. */
export function duration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 1000) return `${ms}ms`
  const seconds = (ms % 60_000) / 1000
  return ms < 60_000 ? `${seconds}s` : `${Math.floor(ms / 60_000)}m${seconds}s`
}
