import {
  CASSETTE_VERSION,
  type Cassette,
  type Interaction,
  type FormPart,
  type RecordedRequest,
  type RecordedResponse,
  type RequestBody,
  type ResponseBody,
} from '../cassette.ts'
import { CassetteError } from '../../messages/errors.ts'
import { parseEventLines } from './event-lines.ts'
import { EXPIRES } from '../expiry.ts'
import { parseFrameLines } from './frame-lines.ts'
import { described, named } from '../../json/input/json-schema.ts'
import { byKey, object } from '../../json/input/object.ts'
import { InputPlace, type InputSource } from '../../json/input/place.ts'
import {
  list,
  literal,
  optional,
  parsed,
  type Shape,
  someString,
  string,
  wholeNumber,
} from '../../json/input/shape.ts'
import { parseJson } from '../../json/json.ts'
import { parseHeaderLines } from './lines.ts'

/**
 * Validates the data of a cassette file.
 * @param fail throws an error about the value at a path
 */
export function readCassette(data: unknown, fail: InputSource['fail']): Cassette {
  return CASSETTE.read(data, new InputPlace({ noun: 'field', name: '', redact: (message) => message, fail }))
}

const DAY = named(
  'day',
  described(string('a day, such as 2026-01-31', /^\d{4}-\d{2}-\d{2}$/), 'The day of the recording, UTC'),
)

const HEADERS = named(
  'headers',
  described(
    parsed(string("header lines, such as 'content-type: application/json'"), (lines, place) => {
      const headers = parseHeaderLines(lines)
      return typeof headers === 'string'
        ? place.expected("header lines, such as 'content-type: application/json'", headers)
        : headers
    }),
    "Header lines 'name: value' in wire order; a repeated header is repeated",
  ),
)

const JSON_TEXT = named(
  'json',
  described(
    parsed(string('a text of JSON'), (json, place) =>
      parseJson(json) === undefined ? place.expected('valid JSON', json) : json,
    ),
    'JSON that is sent in its compact form; it may be formatted here for reading',
  ),
)

const TEXT = named('text', described(string(), 'The exact bytes, as UTF-8'))

const BASE64 = named(
  'base64',
  described(
    string('base64', (value) => /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)),
    'The exact bytes, at most 4096',
    { contentEncoding: 'base64' },
  ),
)

const BLOB = named(
  'blob',
  described(
    string('a SHA-256 in hex', /^[0-9a-f]{64}$/),
    'SHA-256 of the bytes, which are in blobs/SHA256.bin in the cassette directory',
  ),
)

const SIZE = named('size', described(wholeNumber({ from: 0 }, 5000), 'Bytes in the blob'))

const EVENT_LINES = described(
  string(),
  'Server-sent events, one per line: OFFSET DATA, OFFSET NAME DATA, or OFFSET "RAW" as a JSON string. OFFSET is in milliseconds from the request to the event\'s last byte.',
  { pattern: String.raw`^(\d+ .+\n?)*$` },
)

const FRAME_LINES = described(
  string(),
  "The messages of a WebSocket, one frame per line: > OFFSET from the client, < OFFSET from the server, in milliseconds from the request; then JSON, a JSON string for other text, 'base64 …' or 'blob SHA256 SIZE'. In JSON, the string blob:SHA256 stands for the base64 of that file. The last line may be > OFFSET close CODE \"REASON\".",
  { pattern: String.raw`^([<>] \d+ .+\n?)*$` },
)

const EOL = described(literal('crlf'), 'The line ending of events in their short form; LF if absent')

type Content = { readonly text: string } | { readonly base64: string } | BlobContent

interface BlobContent {
  readonly blob: string
  readonly size: number
}

interface PartLabels {
  readonly name: string
  readonly filename?: string
  readonly type?: string
}

const LABELS = {
  name: string(),
  filename: optional(string()),
  type: optional(described(string(), "The part's content type")),
}

const PART = named(
  'part',
  parsed(
    byKey<PartLabels & Content>('a part of a form', {
      text: object<PartLabels & { readonly text: string }>('a part', { ...LABELS, text: TEXT }),
      base64: object<PartLabels & { readonly base64: string }>('a part', { ...LABELS, base64: BASE64 }),
      blob: object<PartLabels & BlobContent>('a part', { ...LABELS, blob: BLOB, size: SIZE }),
    }),
    ({ name, filename, type, ...content }): FormPart => ({
      name,
      ...(filename === undefined ? {} : { filename }),
      ...(type === undefined ? {} : { type }),
      content: contentOf(content as Content),
    }),
  ),
)

function contentOf(content: Content): FormPart['content'] {
  if ('blob' in content) return { kind: 'blob', sha256: content.blob, size: content.size }
  if ('base64' in content)
    return { kind: 'binary', bytes: new Uint8Array(Buffer.from(content.base64, 'base64')) }
  return content.text === '' ? { kind: 'empty' } : { kind: 'text', text: content.text }
}

const CONTENT = {
  text: object<{ readonly text: string }>('a body', { text: TEXT }),
  base64: object<{ readonly base64: string }>('a body', { base64: BASE64 }),
  blob: object<BlobContent>('a body', { blob: BLOB, size: SIZE }),
}

type RequestContent = Content | { readonly json: string } | { readonly multipart: readonly FormPart[] }

const REQUEST_BODY = parsed(
  byKey<RequestContent>('a body, such as { json }', {
    json: object<{ readonly json: string }>('a body', { json: JSON_TEXT }),
    ...CONTENT,
    multipart: object<{ readonly multipart: readonly FormPart[] }>('a body', {
      multipart: described(list(PART, 'a list of parts'), 'A multipart/form-data body without its boundary'),
    }),
  }),
  (body): RequestBody => {
    if ('json' in body) return { kind: 'json', text: body.json }
    return 'multipart' in body ? { kind: 'multipart', parts: body.multipart } : contentOf(body)
  },
)

type ResponseContent =
  | Content
  | { readonly json: string }
  | { readonly events: string; readonly eol?: 'crlf' }
  | { readonly frames: string }

const RESPONSE_BODY = parsed(
  byKey<ResponseContent>('a body, such as { json }', {
    json: object<{ readonly json: string }>('a body', { json: JSON_TEXT }),
    ...CONTENT,
    events: object<{ readonly events: string; readonly eol?: 'crlf' }>('a body', {
      events: EVENT_LINES,
      eol: optional(EOL),
    }),
    frames: object<{ readonly frames: string }>('a body', { frames: FRAME_LINES }),
  }),
  (body, place): ResponseBody => {
    if ('json' in body) return { kind: 'json', text: body.json }
    if ('frames' in body) return linesAt(place.at('frames'), () => parseFrameLines(body.frames))
    if (!('events' in body)) return contentOf(body)
    const end = body.eol === 'crlf' ? '\r\n' : '\n'
    return linesAt(place.at('events'), () => ({ kind: 'events', events: parseEventLines(body.events, end) }))
  },
)

function linesAt<T>(place: InputPlace, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof CassetteError) return place.refuse(error.message)
    throw error
  }
}

const REQUEST = parsed(
  object<Optionally<RecordedRequest>>('a request', {
    method: someString("a method, such as 'POST'"),
    path: described(
      string("a path that begins with '/', such as '/v1/models'", /^\//),
      'Path and query as sent, relative to the upstream',
    ),
    headers: optional(HEADERS),
    body: optional(REQUEST_BODY),
  }),
  (request): RecordedRequest => ({ headers: [], body: { kind: 'empty' }, ...request }),
)

const RESPONSE = parsed(
  object<Optionally<RecordedResponse>>('a response', {
    status: wholeNumber({ from: 100, to: 599 }, 200),
    after: optional(
      described(
        wholeNumber({ from: 0 }, 300),
        'Milliseconds from the request to the end of a body that is not an event stream',
      ),
    ),
    truncated: optional(described(literal(true), 'The connection broke before the end of the body')),
    headers: optional(HEADERS),
    body: optional(RESPONSE_BODY),
  }),
  (response): RecordedResponse => ({ headers: [], body: { kind: 'empty' }, ...response }),
)

/** The file format, in which empty headers and an empty body are omitted. */
type Optionally<T extends { headers: unknown; body: unknown }> = Omit<T, 'headers' | 'body'> &
  Partial<Pick<T, 'headers' | 'body'>>

const INTERACTION = named(
  'interaction',
  object<Interaction>('a request with its response', {
    upstream: optional(described(string(), "Only where it differs from the cassette's")),
    recordedAt: optional(DAY),
    request: REQUEST,
    response: RESPONSE,
  }),
)

export const CASSETTE: Shape<Cassette> = object<Cassette>('a cassette, with `version` and `interactions`', {
  version: literal(CASSETTE_VERSION),
  upstream: described(string(), 'The URL of the API that was recorded'),
  recordedAt: DAY,
  expires: optional(EXPIRES),
  interactions: list(INTERACTION, 'a list of interactions'),
})
