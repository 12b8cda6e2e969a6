import { sha256 } from '../../http/bytes.ts'
import type { FailingRequest, SocketError } from '../../api/dialect.ts'
import { errorResponse, errorObject } from './catalogue.ts'

/**
 * An error as an event of a WebSocket. After those of the Realtime API a session goes on, and with it
 * an answer that has begun (API reference, `error`: most are recoverable). One of Responses over a
 * WebSocket has a status, and takes the place of the Response (guide, WebSocket mode).
 */
export function socketError(name: string, asked: FailingRequest): SocketError {
  const { type, code, message, param } = errorObject(name, asked)
  if (asked.path.endsWith('/responses')) {
    const { status } = errorResponse(name, asked)
    return {
      text: JSON.stringify({ type: 'error', status, error: { type, code, message, param } }),
      endsAnswer: true,
    }
  }
  const error = { type, code, message, param, event_id: null }
  return {
    text: JSON.stringify({ type: 'error', event_id: eventIdOf(name, asked), error }),
    endsAnswer: false,
  }
}

/** Equal conversations have equal errors, their ids included. */
function eventIdOf(name: string, { path, nth }: FailingRequest): string {
  return `event_${sha256(JSON.stringify([name, path, nth])).slice(0, 21)}`
}
