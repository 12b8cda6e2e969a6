import { encodeText } from '../http/bytes.ts'
import { CassetteError, UsageError } from '../messages/errors.ts'
import type { HttpResponse } from '../http/message.ts'

/**
 * Turns a UsageError or a CassetteError into a response that clients show and do not retry.
 * If an adapter threw it, the client would see a failed connection. Other errors are rethrown.
 */
export function errorResponse(error: unknown): HttpResponse {
  if (!(error instanceof UsageError || error instanceof CassetteError)) throw error
  const code = error instanceof CassetteError ? 'invalid_cassette' : 'usage_error'
  const body = { error: { message: error.message, type: 'openai_vcr_error', param: null, code } }
  return {
    status: 500,
    headers: [
      ['content-type', 'application/json'],
      ['x-should-retry', 'false'],
    ],
    body: encodeText(JSON.stringify(body)),
  }
}
