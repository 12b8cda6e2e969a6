import { encodeText } from '../http/bytes.ts'
import { CassetteError, UsageError } from '../messages/errors.ts'
import type { HttpResponse } from '../http/message.ts'

/**
 * What is wrong with how a cassette is used (it is closed, say), or with the cassette, as
 * an answer that clients show and do not ask again for. Thrown at what intercepts, it
 * would look to them like a connection that failed.
 */
export function answerFault(error: unknown): HttpResponse {
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
