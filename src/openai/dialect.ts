import { encodeText } from '../http/bytes.ts'
import type { Dialect } from '../api/dialect.ts'
import { advise } from './advice.ts'
import { again } from './again.ts'
import { isFinalEvent } from './answers/final-event.ts'
import { gist } from './gist.ts'
import { handshake } from './handshake.ts'
import { authorize } from './authorize.ts'
import { ERROR_NAMES, errorAnswer, errorObject } from './errors/catalogue.ts'
import { estimate } from './usage/estimate.ts'
import { limitHeaders, rateLimited } from './errors/rate-limit.ts'
import { socketError } from './errors/socket-error.ts'
import { streamError } from './errors/stream-error.ts'
import { asksModel, mayUse } from './usage/may-use.ts'
import { modelOf } from './usage/model-asked.ts'
import { showings } from './usage/usage.ts'
import { withoutWaits } from './wait-hints.ts'

export const openai: Dialect = {
  defaultUpstream: 'https://api.openai.com',
  meaningfulHeaders: new Set(['openai-beta', 'range']),
  isFinalEvent,
  authorize,
  withoutWaits,
  showings,
  gist,
  advise,
  modelOf,
  estimate,
  asksModel,
  mayUse,
  failures: {
    names: ERROR_NAMES,
    answer: errorAnswer,
    streamError: (name, asked, sent) => streamError(asked.path, errorObject(name, asked), sent),
    socketError,
    rateLimited,
    limitHeaders,
  },
  again,
  aside: ({ method, target }) =>
    method === 'POST' && /^\/v1\/traces\/ingest(?:\?|$)/.test(target)
      ? { status: 204, headers: [], body: new Uint8Array() }
      : undefined,
  handshake,
  errorEvent: (code, message) =>
    JSON.stringify({
      type: 'error',
      error: { type: 'openai_vcr_error', code, message, param: null, event_id: null },
    }),
  error: (status, code, message) => ({
    status,
    headers: [
      ['content-type', 'application/json'],
      // Honoured by OpenAI's own clients and those built on them: asking again would not help.
      ['x-should-retry', 'false'],
    ],
    body: encodeText(
      JSON.stringify({ error: { message, type: 'openai_vcr_error', param: null, code } }, null, 2),
    ),
  }),
}
