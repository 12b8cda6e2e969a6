import { encodeText } from '../http/bytes.ts'
import type { Dialect } from '../api/dialect.ts'
import { advise } from './advice.ts'
import { rerecord } from './rerecord.ts'
import { isFinalEvent } from './answers/ends.ts'
import { gist } from './gist.ts'
import { handshakeHeaders } from './handshake.ts'
import { authorize } from './authorize.ts'
import { ERROR_NAMES, errorResponse } from './errors/catalogue.ts'
import { estimateForLimits, estimateUsage } from './usage/estimate.ts'
import { limitHeaders, rateLimited } from './errors/rate-limit.ts'
import { socketError, streamError } from './errors/stream-errors.ts'
import { modelOf, callsModel } from './usage/model-called.ts'
import { usageSightings } from './usage/sightings.ts'
import { idShapes, secretShapes } from './shapes.ts'
import { withoutWaits } from './wait-hints.ts'

/** In chat completions, in Responses, and in the deprecated `functions`. */
const TOOL_SCHEMAS = ['$.tools[*].function.parameters', '$.tools[*].parameters', '$.functions[*].parameters']

export const openai: Dialect = {
  defaultUpstream: 'https://api.openai.com',
  hosts: ['api.openai.com', 'us.api.openai.com', 'eu.api.openai.com', 'ae.api.openai.com'],
  authorize,
  localAnswer: ({ method, target }) =>
    method === 'POST' && /^\/v1\/traces\/ingest(?:\?|$)/.test(target)
      ? { status: 204, headers: [], body: new Uint8Array() }
      : undefined,
  advise,
  shapes: { secrets: secretShapes, ids: idShapes },
  requests: {
    meaningfulHeaders: new Set(['openai-beta', 'range']),
    gist,
    modelOf,
    callsModel,
    toolSchemas: TOOL_SCHEMAS,
  },
  responses: { isFinalEvent, withoutWaits },
  usage: { sightings: usageSightings, estimate: estimateUsage, estimateForLimits },
  errors: {
    custom: (status, code, message) => ({
      status,
      headers: [
        ['content-type', 'application/json'],
        // OpenAI's SDKs honour this header. A retry would not help.
        ['x-should-retry', 'false'],
      ],
      body: encodeText(
        JSON.stringify({ error: { message, type: 'openai_vcr_error', param: null, code } }, null, 2),
      ),
    }),
    names: ERROR_NAMES,
    response: errorResponse,
    streamError,
    socketError,
    rateLimited,
    limitHeaders,
  },
  sockets: {
    handshakeHeaders,
    errorMessage: (code, message) =>
      JSON.stringify({
        type: 'error',
        error: { type: 'openai_vcr_error', code, message, param: null, event_id: null },
      }),
  },
  rerecord,
}
