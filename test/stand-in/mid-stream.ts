import type { ResponseObject } from './response-parts.ts'
import { event } from './answer.ts'
import { BREAKS_MID_STREAM, broken } from './models.ts'

/** A stream of chat that a model breaks off, if it is one that does: an error, bare, and no `[DONE]`. */
export function chatBreakingOff(events: readonly string[], model: string): string[] {
  if (model !== BREAKS_MID_STREAM) return [...events]
  return [...events.slice(0, 5), event(broken().body)]
}

/** The same of a response: an event `error`, and then the response as it failed. */
export function responseBreakingOff(events: readonly string[], response: ResponseObject): string[] {
  if (response.model !== BREAKS_MID_STREAM) return [...events]
  const begun = events.slice(0, 5)
  const { error } = broken().body
  const failed = {
    ...response,
    status: 'failed',
    error: { code: 'server_error', message: error.message },
    output: [],
    usage: null,
  }
  const at = begun.length
  return [
    ...begun,
    event({ type: 'error', sequence_number: at, error }, 'error'),
    event({ type: 'response.failed', sequence_number: at + 1, response: failed }, 'response.failed'),
  ]
}
