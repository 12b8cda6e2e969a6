import fc from 'fast-check'
import { decodeText } from '../../src/http/bytes.ts'
import type {
  Cassette,
  Frame,
  FrameContent,
  FramesBody,
  Interaction,
  FormPart,
  RequestBody,
  ResponseBody,
} from '../../src/cassette/cassette.ts'
import { bytes, events, headers, jsonText, someText, text } from './arbitraries.ts'

const blob = fc.record({
  kind: fc.constant('blob' as const),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  size: fc.nat(),
})
const content: fc.Arbitrary<FormPart['content']> = fc.oneof(
  fc.constant({ kind: 'empty' as const }),
  someText.map((each) => ({ kind: 'text' as const, text: each })),
  bytes
    .filter((each) => each.length > 0 && decodeText(each) === undefined)
    .map((each) => ({ kind: 'binary' as const, bytes: each })),
  blob,
)
const json = jsonText.map((each) => ({ kind: 'json' as const, text: each }))
const part: fc.Arbitrary<FormPart> = fc.record(
  { name: text, filename: text, type: text, content },
  { requiredKeys: ['name', 'content'] },
)

export const requestBody: fc.Arbitrary<RequestBody> = fc.oneof(
  content,
  json,
  fc.array(part, { maxLength: 3 }).map((parts) => ({ kind: 'multipart' as const, parts })),
)
const side = fc.constantFrom('client' as const, 'server' as const)
const hash = fc.stringMatching(/^[0-9a-f]{64}$/)
/** What looks like our own notation stands in a frame like anything else. */
const said = fc.oneof(
  text,
  jsonText,
  jsonText.map((each) => each.replaceAll(/[\r\n]/g, '')),
  hash.map((each) => `{"a":"blob:${each}"}`),
  fc.constantFrom('close', 'close 1000', '> 1 close', 'base64 AAAA', '{"a":"blob:"}'),
)
const frameContent: fc.Arbitrary<FrameContent> = fc.oneof(
  said.map((each) => ({ kind: 'text' as const, text: each })),
  hash.map((each) => ({ kind: 'text-with-blobs' as const, text: `{"delta":"blob:${each}","n":[1]}` })),
  bytes.map((each) => ({ kind: 'binary' as const, bytes: each })),
  blob,
)
const frame: fc.Arbitrary<Frame> = fc.record({ from: side, offset: fc.nat(2000), content: frameContent })
export const framesBody: fc.Arbitrary<FramesBody> = fc.record(
  {
    kind: fc.constant('frames' as const),
    frames: fc.array(frame, { maxLength: 5 }),
    close: fc.record(
      { from: side, offset: fc.nat(2000), code: fc.constantFrom(1000, 1011, 4999), reason: text },
      { requiredKeys: ['from', 'offset', 'reason'] },
    ),
  },
  { requiredKeys: ['kind', 'frames'] },
)

export const responseBody: fc.Arbitrary<ResponseBody> = fc.oneof(
  content,
  json,
  framesBody,
  events.map((each) => ({ kind: 'events' as const, events: each })),
)

const target = text.map((each) => `/${each}`)
const interaction: fc.Arbitrary<Interaction> = fc.record(
  {
    upstream: fc.constantFrom('http://a', 'https://b/c'),
    recordedAt: fc.constantFrom('2026-01-01', '2026-11-22'),
    request: fc.record({
      method: fc.constantFrom('GET', 'POST', 'null', 'M-SEARCH'),
      path: target,
      headers,
      body: requestBody,
    }),
    response: fc.record(
      {
        status: fc.constantFrom(100, 200, 204, 404, 599),
        after: fc.nat(2000),
        truncated: fc.constant(true as const),
        headers,
        body: responseBody,
      },
      { requiredKeys: ['status', 'headers', 'body'] },
    ),
  },
  { requiredKeys: ['request', 'response'] },
)

export const cassette: fc.Arbitrary<Cassette> = fc.record(
  {
    version: fc.constant(1 as const),
    upstream: fc.constantFrom('https://api.openai.com', 'http://127.0.0.1:80/a#b'),
    recordedAt: fc.constant('2026-11-22'),
    expires: fc.constantFrom('30d', 'never', { after: '1y' }, { after: '6mo', action: 'fail' as const }),
    interactions: fc.array(interaction, { maxLength: 3 }),
  },
  { requiredKeys: ['version', 'upstream', 'recordedAt', 'interactions'] },
)
