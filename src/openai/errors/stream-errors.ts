import { readEvent } from '../../http/sse.ts'
import { sha256 } from '../../http/bytes.ts'
import type { FailingRequest, SocketError } from '../../api/dialect.ts'
import { AnswerReader } from '../answers/read-answer.ts'
import { errorObject, errorResponse } from './catalogue.ts'

/**
 * The events that end a stream with an error. A Responses stream ends with an `error` and a `response.failed` event:
 * they continue its sequence numbers, and `response.failed` contains the Response that the stream began. Any other
 * stream ends with one event that has only data.
 * @param before the events that were already sent to the client
 */
export function streamError(
  name: string,
  request: FailingRequest,
  before: readonly string[],
): readonly string[] {
  const { path } = request
  const error = errorObject(name, request)
  if (!/\/responses(?:\/[^/]+)?$/.test(path)) return [`data: ${JSON.stringify({ error })}\n\n`]
  const reader = new AnswerReader('a stream of events')
  for (const raw of before) reader.add(readEvent(raw))
  const { events, results } = reader.record
  const next = events.sequence === undefined ? 0 : events.sequence + 1
  const { type, code, message, param } = error
  const details = { type, code: code ?? type, message, param }
  const failed = { status: 'failed', error: { code: details.code, message } }
  const response = { ...results[0]?.json, ...failed }
  return [
    named('error', { type: 'error', sequence_number: next, error: details }),
    named('response.failed', { type: 'response.failed', sequence_number: next + 1, response }),
  ]
}

function named(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

/**
 * An error as a WebSocket message. In the Realtime API, the session and a started response continue after the error
 * (API reference, `error`: most errors are recoverable). In Responses over a WebSocket, the error has a status and
 * replaces the Response (guide, WebSocket mode).
 */
export function socketError(name: string, request: FailingRequest): SocketError {
  const { type, code, message, param } = errorObject(name, request)
  if (request.path.endsWith('/responses')) {
    const { status } = errorResponse(name, request)
    return {
      text: JSON.stringify({ type: 'error', status, error: { type, code, message, param } }),
      endsAnswer: true,
    }
  }
  const error = { type, code, message, param, event_id: null }
  return {
    text: JSON.stringify({ type: 'error', event_id: eventIdOf(name, request), error }),
    endsAnswer: false,
  }
}

/** Equal conversations get equal event ids. */
function eventIdOf(name: string, { path, nth }: FailingRequest): string {
  return `event_${sha256(JSON.stringify([name, path, nth])).slice(0, 21)}`
}
