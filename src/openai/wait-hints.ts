import { type Headers, headerValue } from '../http/message.ts'

/** In milliseconds. Clients that also read `retry-after` prefer this one. */
export const RETRY = 'retry-after-ms'
export const POLL = 'openai-poll-after-ms'

/**
 * The headers with which OpenAI's clients wait one millisecond before they retry or poll: `retry-after-ms` on
 * responses that are retried, `openai-poll-after-ms` on those that may be polls. Existing values are replaced.
 */
export function withoutWaits(method: string, status: number, headers: Headers): Headers {
  const hint = isRetried(status, headers) ? RETRY : method === 'GET' && status === 200 ? POLL : undefined
  if (hint === undefined) return headers
  return [...headers.filter(([name]) => name !== hint), [hint, '1']]
}

/**
 * Whether clients retry: after 408, 409, 429 and 5xx (openai 7, openai-python, the AI SDK), and where the response
 * says so (both of OpenAI's).
 */
export function isRetried(status: number, headers: Headers): boolean {
  if (headerValue(headers, 'x-should-retry') === 'true') return status >= 400
  return status === 408 || status === 409 || status === 429 || status >= 500
}
