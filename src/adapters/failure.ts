import { encodeText } from '../core/bytes.ts'
import { UsageError } from '../core/errors.ts'
import type { HttpResponse } from '../core/http.ts'

/**
 * A mistake in how the cassette is used, such as one that is closed, as an answer that
 * clients show and do not ask again for. Thrown at what intercepts it would look like a
 * connection that failed.
 */
export function answerUsageError(error: unknown): HttpResponse {
  if (!(error instanceof UsageError)) throw error
  const body = {
    error: { message: error.message, type: 'openai_vcr_error', param: null, code: 'cassette_closed' },
  }
  return {
    status: 500,
    headers: [
      ['content-type', 'application/json'],
      ['x-should-retry', 'false'],
    ],
    body: encodeText(JSON.stringify(body)),
  }
}
