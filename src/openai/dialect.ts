import { encodeText } from '../core/bytes.ts'
import type { Dialect } from '../core/dialect.ts'
import { advise } from './advice.ts'
import { gist } from './gist.ts'
import { authorize } from './authorize.ts'
import { showings } from './usage.ts'
import { waitHints } from './wait-hints.ts'

export const openai: Dialect = {
  defaultUpstream: 'https://api.openai.com',
  meaningfulHeaders: new Set(['openai-beta', 'range']),
  isFinalEvent: ({ name, data }) => data === '[DONE]' || FINAL_EVENTS.has(name ?? ''),
  authorize,
  waitHints,
  showings,
  gist,
  advise,
  aside: ({ method, target }) =>
    method === 'POST' && /^\/v1\/traces\/ingest(?:\?|$)/.test(target)
      ? { status: 204, headers: [], body: new Uint8Array() }
      : undefined,
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

/** Responses, Assistants and audio streams end with one of these instead of `[DONE]` (OpenAI's API reference). */
const FINAL_EVENTS = new Set([
  'response.completed',
  'response.failed',
  'response.incomplete',
  'done',
  'error',
  'speech.audio.done',
  'transcript.text.done',
  'image_generation.completed',
  'image_edit.completed',
])
