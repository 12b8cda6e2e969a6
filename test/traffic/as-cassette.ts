import { readEvents, readRequestBody, readResponseBody } from '../../src/cassette/bodies/body.ts'
import type { Cassette, Interaction, ResponseBody } from '../../src/cassette/cassette.ts'
import { EventSplitter, isEventStream } from '../../src/http/sse.ts'
import { cassetteOf } from '../support/drifting.ts'
import type { Exchange } from './exchanges.ts'

/** Real exchanges as a recording of them, without what stands between. */
export function asCassette(exchanges: readonly Exchange[]): Cassette {
  return cassetteOf(...exchanges.map(asInteraction))
}

function asInteraction({
  method,
  path,
  requestType,
  requestBody,
  status,
  headers,
  body,
}: Exchange): Interaction {
  const type = headers.find(([name]) => name === 'content-type')?.[1]
  return {
    request: { method, path, headers: [], body: readRequestBody(new Uint8Array(requestBody), requestType) },
    response: {
      status,
      headers,
      body: isEventStream(type) ? eventsOf(body) : readResponseBody(new Uint8Array(body)),
    },
  }
}

function eventsOf(body: Buffer): ResponseBody {
  const splitter = new EventSplitter()
  const events = [...splitter.push(body), splitter.rest.slice()].filter(({ length }) => length > 0)
  const read = readEvents(events.map((bytes, offset) => ({ offset, bytes })))
  if (read === undefined) throw new Error('a stream that is no text')
  return read
}
