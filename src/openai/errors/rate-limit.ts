import { encodeText } from '../../http/bytes.ts'
import type { Level, OverLimit, Resource } from '../../api/limits.ts'
import type { Headers, HttpResponse } from '../../http/message.ts'

const RESOURCE_NAMES: Readonly<Record<Resource, string>> = {
  requests: 'requests per min (RPM)',
  tokens: 'tokens per min (TPM)',
}

/** The API's response to a request over a limit. It has no `retry-after` if no retry can succeed. */
export function rateLimited({ model, resource, requested, level, wait }: OverLimit): HttpResponse {
  const scope = `${model} in organization org-redacted on ${RESOURCE_NAMES[resource]}: Limit ${level.limit}`
  const message =
    wait === undefined
      ? `Request too large for ${scope}, Requested ${requested}. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.`
      : `Rate limit reached for ${scope}, Used ${level.limit - level.remaining}, Requested ${requested}. Please try again in ${duration(wait)}. Visit https://platform.openai.com/account/rate-limits to learn more.`
  const error = { message, type: resource, param: null, code: 'rate_limit_exceeded' }
  const hints: Headers = wait === undefined ? [] : [['retry-after', String(Math.ceil(wait / 1000))]]
  return {
    status: 429,
    headers: [['content-type', 'application/json'], ...hints],
    body: encodeText(JSON.stringify({ error }, null, 2)),
  }
}

const RESOURCES = ['requests', 'tokens'] as const

/** The rate-limit headers that the API sends with every response. */
export function limitHeaders(levels: Readonly<Partial<Record<Resource, Level>>>): Headers {
  const headersFor = (name: string, value: (level: Level) => string): [string, string][] =>
    RESOURCES.flatMap((resource) => {
      const level = levels[resource]
      return level === undefined ? [] : [[`x-ratelimit-${name}-${resource}`, value(level)]]
    })
  return [
    ...headersFor('limit', ({ limit }) => String(limit)),
    ...headersFor('remaining', ({ remaining }) => String(remaining)),
    ...headersFor('reset', ({ reset }) => duration(reset)),
  ]
}

/** Formats a time as the API does: `6ms`, `1.5s`, `6m0s`. */
export function duration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 1000) return `${ms}ms`
  const seconds = (ms % 60_000) / 1000
  return ms < 60_000 ? `${seconds}s` : `${Math.floor(ms / 60_000)}m${seconds}s`
}
