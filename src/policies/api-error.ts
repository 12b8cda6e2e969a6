import type { FailingRequest } from '../api/dialect.ts'
import type { SessionContext } from '../engine/exchange/context.ts'
import { headerValue, type HttpResponse } from '../http/message.ts'

/** The API's error of this name, with hints for clients that retry. */
export function apiError(
  context: SessionContext,
  name: string,
  request: FailingRequest,
  method: string,
): HttpResponse {
  return withRetryHints(context, context.dependencies.dialect.errors.response(name, request), method)
}

/**
 * With `instant` timing no client is to sleep before it retries. Otherwise a `retry-after` in seconds is
 * repeated as the API's own hint in milliseconds. A hint that the answer has already stays.
 */
export function withRetryHints(
  { dependencies: { dialect }, options: { timing } }: SessionContext,
  response: HttpResponse,
  method: string,
): HttpResponse {
  const { status, headers } = response
  if (headers.some(([name]) => name === 'retry-after-ms')) return response
  if (timing === 'instant')
    return { ...response, headers: dialect.responses.withoutWaits(method, status, headers) }
  const seconds = headerValue(headers, 'retry-after') ?? ''
  return /^\d+$/.test(seconds)
    ? { ...response, headers: [...headers, ['retry-after-ms', String(Number(seconds) * 1000)]] }
    : response
}
