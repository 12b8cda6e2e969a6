import { type Headers, headerValue } from '../http/message.ts'

/** In milliseconds. Clients prefer this header to `retry-after`. */
export const RETRY = 'retry-after-ms'
export const POLL = 'openai-poll-after-ms'

/**
 * Makes OpenAI's clients wait only one millisecond before they retry or poll: sets `retry-after-ms` on responses that
 * clients retry, and `openai-poll-after-ms` on responses that may be polls. Replaces existing values.
 */
export function withoutWaits(method: string, status: number, headers: Headers): Headers {
  const hint = isRetried(status, headers) ? RETRY : method === 'GET' && status === 200 ? POLL : undefined
  if (hint === undefined) return headers
  return [...headers.filter(([name]) => name !== hint), [hint, '1']]
}

/**
 * Whether clients retry: after 408, 409, 429 and 5xx (openai 7, openai-python, the AI SDK), and if the response has
 * `x-should-retry: true` (openai 7, openai-python).
 */
export function isRetried(status: number, headers: Headers): boolean {
  if (headerValue(headers, 'x-should-retry') === 'true') return status >= 400
  return status === 408 || status === 409 || status === 429 || status >= 500
}
