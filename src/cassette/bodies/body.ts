import { decodeText, encodeText, joinBytes } from '../../http/bytes.ts'
import type {
  Frame,
  FrameContent,
  RequestBody,
  ResponseBody,
  Side,
  StreamEvent,
  TextBody,
  TextWithBlobs,
} from '../cassette.ts'
import { parseJson } from '../../json/json.ts'
import { compactJson } from '../../json/layout.ts'
import { contentOf, multipartBoundary, parseMultipart } from './multipart.ts'

/** Parses the body of a request, so that white space in JSON and boundaries of forms are not compared. */
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

/** Reads the body of a response in the most readable form that reproduces its exact bytes. */
export function readResponseBody(bytes: Uint8Array): ResponseBody {
  const content = contentOf(bytes)
  if (content.kind !== 'text') return content
  const structured = /^[[{]/.test(content.text) && parseJson(content.text) !== undefined
  return structured && compactJson(content.text) === content.text
    ? { kind: 'json', text: content.text }
    : content
}

/** Reads the events of a stream as a body. Undefined if an event is not text. */
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

/** The bytes of a response body that is neither a blob nor a WebSocket's frames. */
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

/** The texts of all text frames from one side. */
export function frameTexts(frames: readonly Frame[], side: Side): string[] {
  return frames.flatMap(({ from, content }) => (from === side && isTextFrame(content) ? [content.text] : []))
}

export function isTextFrame(content: FrameContent): content is TextBody | TextWithBlobs {
  return content.kind === 'text' || content.kind === 'text-with-blobs'
}
