import { decodeText, encodeText } from '../../http/bytes.ts'
import type { RequestBody, ResponseBody, StreamEvent } from '../cassette.ts'
import { parseJson } from '../../json/json.ts'
import { compactJson, prettyJson } from '../../json/layout.ts'
import { contentOf, multipartBoundary, parseMultipart } from './multipart.ts'
import { joinBytes } from '../../http/sse.ts'

/** A request's bytes as what they are. Compared as such, so white space and boundaries are dropped. */
export function readRequestBody(bytes: Uint8Array, contentType: string | undefined): RequestBody {
  if (bytes.length === 0) return { kind: 'empty' }
  const boundary = multipartBoundary(contentType)
  const parts = boundary === undefined ? undefined : parseMultipart(bytes, boundary)
  if (parts !== undefined) return { kind: 'multipart', parts }
  const content = contentOf(bytes)
  if (content.kind === 'text' && isJsonType(contentType) && parseJson(content.text) !== undefined) {
    return { kind: 'json', text: content.text }
  }
  return content
}

/** A response's bytes in the form that reads best and gives the very same bytes back. */
export function readResponseBody(bytes: Uint8Array): ResponseBody {
  const content = contentOf(bytes)
  if (content.kind !== 'text') return content
  const structured = /^[[{]/.test(content.text) && parseJson(content.text) !== undefined
  return structured && compactJson(content.text) === content.text
    ? { kind: 'json', text: content.text }
    : content
}

/** Events as a body; undefined when their bytes are not text. */
export function readEvents(
  events: readonly { offset: number; bytes: Uint8Array }[],
): ResponseBody | undefined {
  const read: StreamEvent[] = []
  for (const event of events) {
    const raw = decodeText(event.bytes)
    if (raw === undefined) return undefined
    read.push({ offset: event.offset, raw })
  }
  return { kind: 'events', events: read }
}

/** How a JSON body is laid out in a cassette. */
export function laidOut(text: string): string {
  return prettyJson(text)
}

/** The bytes of a response body that does not stand in a blob, and is no conversation. */
export function bodyBytes(body: Exclude<ResponseBody, { kind: 'blob' | 'frames' }>): Uint8Array {
  switch (body.kind) {
    case 'empty':
      return new Uint8Array(0)
    case 'json':
      return encodeText(compactJson(body.text))
    case 'text':
      return encodeText(body.text)
    case 'binary':
      return body.bytes
    case 'events':
      return joinBytes(body.events.map((event) => encodeText(event.raw)))
  }
}

export function isJsonType(contentType: string | undefined): boolean {
  return contentType === undefined || /[/+]json\b/i.test(contentType)
}
