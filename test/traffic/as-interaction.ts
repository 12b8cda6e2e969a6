import { readEvents, readRequestBody, readResponseBody } from '../../src/cassette/bodies/body.ts'
import type {
  Interaction,
  RecordedRequest,
  RecordedResponse,
  ResponseBody,
} from '../../src/cassette/cassette.ts'
import { EventSplitter } from '../../src/http/sse.ts'
import type { Exchange } from './exchanges.ts'

/** A real exchange as a cassette has it, but for its secrets. */
export function interactionOf(exchange: Exchange): Interaction {
  return { request: requestOf(exchange), response: responseOf(exchange) }
}

function requestOf({ method, path, requestType, requestBody }: Exchange): RecordedRequest {
  return { method, path, headers: [], body: readRequestBody(requestBody, requestType) }
}

function responseOf({ status, headers, body }: Exchange): RecordedResponse {
  const streams = headers.some(([name, value]) => name === 'content-type' && value.includes('event-stream'))
  return { status, headers, body: (streams ? eventsIn(body) : undefined) ?? readResponseBody(body) }
}

function eventsIn(body: Buffer): ResponseBody | undefined {
  const splitter = new EventSplitter()
  const whole = splitter.push(body)
  const all = splitter.rest.length > 0 ? [...whole, splitter.rest.slice()] : whole
  return readEvents(all.map((bytes) => ({ offset: 0, bytes })))
}
