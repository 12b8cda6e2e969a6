import type { Headers } from '../core/http.ts'

/** Statuses that OpenAI's clients ask again after (openai 7: 408, 409, 429 and 5xx). */
function isRetried(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}

/**
 * `retry-after-ms` on answers that are asked again, `openai-poll-after-ms` on those
 * that are polled: OpenAI's clients obey both, and then wait a millisecond.
 */
export function waitHints(method: string, status: number, headers: Headers): Headers {
  const has = (name: string): boolean => headers.some(([key]) => key === name)
  if (isRetried(status)) return has('retry-after-ms') ? [] : [['retry-after-ms', '1']]
  if (method === 'GET' && status === 200)
    return has('openai-poll-after-ms') ? [] : [['openai-poll-after-ms', '1']]
  return []
}
