import { type Headers, headerValue } from '../http/message.ts'

/** In milliseconds. Clients that read `retry-after` too read this one first. */
export const RETRY = 'retry-after-ms'
export const POLL = 'openai-poll-after-ms'

/**
 * The headers with which OpenAI's clients wait a millisecond before they ask again: with `retry-after-ms` on
 * answers that are asked again after, `openai-poll-after-ms` on those that may be polls. What they say is
 * replaced.
 */
export function withoutWaits(method: string, status: number, headers: Headers): Headers {
  const hint = isRetried(status, headers) ? RETRY : method === 'GET' && status === 200 ? POLL : undefined
  if (hint === undefined) return headers
  return [...headers.filter(([name]) => name !== hint), [hint, '1']]
}

/**
 * What is asked again after: 408, 409, 429, 5xx (openai 7, openai-python, the AI SDK), and what the answer says
 * is (both of OpenAI's).
 */
export function isRetried(status: number, headers: Headers): boolean {
  if (headerValue(headers, 'x-should-retry') === 'true') return status >= 400
  return status === 408 || status === 409 || status === 429 || status >= 500
}
