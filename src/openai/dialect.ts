import { encodeText } from '../core/bytes.ts'
import type { Dialect } from '../core/dialect.ts'
import { advise } from './advice.ts'
import { again } from './again.ts'
import { isFinalEvent } from './final-event.ts'
import { gist } from './gist.ts'
import { handshake } from './handshake.ts'
import { authorize } from './authorize.ts'
import { ERROR_NAMES, errorAnswer, errorObject } from './faults/catalogue.ts'
import { estimate } from './faults/estimate.ts'
import { limitHeaders, rateLimited } from './faults/rate-limit.ts'
import { socketError } from './faults/socket-error.ts'
import { streamError } from './faults/stream-error.ts'
import { asksModel, mayUse } from './may-use.ts'
import { modelOf } from './usage/model-asked.ts'
import { showings } from './usage.ts'
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
