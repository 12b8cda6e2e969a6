import { bodyBytes, frameTexts } from '../cassette/bodies/body.ts'
import type {
  FormPart,
  RecordedRequest,
  RecordedResponse,
  RequestBody,
  ResponseBody,
} from '../cassette/cassette.ts'
import type { Headers } from '../http/message.ts'
import { type Json, isJsonObject, parseJson } from '../json/json.ts'
import { eventData } from './event-data.ts'
import { textFragments } from './documents.ts'
import type { SecretShapes } from './shapes.ts'

/** Tests for secrets, in plain text and in decoded text. */
export interface LeakTests {
  readonly isSecret: (text: string) => boolean
  readonly isSecretDecoded: (text: string) => boolean
  readonly shapes: SecretShapes
}

/**
 * The last check before an interaction is recorded. Finds a secret that could not be redacted because it is
 * encoded, for example as base64 or as the byte values of log probabilities.
 * @returns where the secret is, for a message
 */
export function findLeak(
  request: RecordedRequest,
  response: RecordedResponse,
  tests: LeakTests,
): string | undefined {
  const inHeaders = (headers: Headers): boolean => headers.some(([, value]) => leaksInLine(value, tests))
  const places: [string, () => boolean][] = [
    ['the request path', () => leaksInLine(request.path, tests)],
    ['a request header', () => inHeaders(request.headers)],
    ['the request body', () => leaksInBody(request.body, tests)],
    ['a response header', () => inHeaders(response.headers)],
    ['the response body', () => leaksInBody(response.body, tests)],
  ]
  return places.find(([, leaks]) => leaks())?.[0]
}

function leaksInBody(body: RequestBody | ResponseBody, tests: LeakTests): boolean {
  switch (body.kind) {
    case 'empty':
    case 'blob':
      return false
    case 'multipart':
      return body.parts.some((part) => leaksInPart(part, tests))
    case 'events':
      return leaksInText(
        body.events.map((event) => event.raw),
        eventData(body.events),
        tests,
      )
    case 'frames': {
      const { frames, close } = body
      const isIn = (texts: readonly string[]): boolean => leaksInText(texts, texts, tests)
      return (
        isIn(frameTexts(frames, 'client')) ||
        isIn(frameTexts(frames, 'server')) ||
        leaksInLine(close?.reason ?? '', tests) ||
        frames.some(({ content }) => content.kind === 'binary' && leaksInBody(content, tests))
      )
    }
    case 'json':
    case 'text':
      return leaksInText([body.text], [body.text], tests)
    case 'binary':
      return tests.isSecret(Buffer.from(bodyBytes(body)).toString('latin1'))
  }
}

function leaksInPart({ name, filename, type, content }: FormPart, tests: LeakTests): boolean {
  return (
    [name, filename ?? '', type ?? ''].some((line) => leaksInLine(line, tests)) || leaksInBody(content, tests)
  )
}

function leaksInText(raw: readonly string[], documents: readonly string[], tests: LeakTests): boolean {
  const texts = textFragments(documents, tests.shapes).map((pieces) => pieces.join(''))
  return (
    [...raw, ...texts].some((text) => leaksInLine(text, tests)) ||
    decodedByteLists(documents).some(tests.isSecretDecoded)
  )
}

export function leaksInLine(text: string, { isSecret, isSecretDecoded }: LeakTests): boolean {
  if (isSecret(text)) return true
  for (const run of base64Runs(text)) {
    // Text directly before the base64 may look like base64 too, so the encoding may begin at any of four offsets.
    for (let offset = 0; offset < 4; offset++) {
      if (isSecretDecoded(Buffer.from(run.slice(offset), 'base64').toString('latin1'))) return true
    }
  }
  return false
}

/** Uses two patterns, because a single match of several megabytes overflows the stack. */
function* base64Runs(text: string): Generator<string> {
  const start = /[A-Za-z0-9+/_-]{16}/g
  const other = /[^A-Za-z0-9+/_-]/g
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    other.lastIndex = start.lastIndex
    const end = other.exec(text)?.index ?? text.length
    yield text.slice(match.index, end)
    start.lastIndex = end
  }
}

/** Decodes lists of byte values, as in log probabilities. All lists at the same path form one text. */
function decodedByteLists(documents: readonly string[]): string[] {
  const bytesByPath = new Map<string, number[]>()
  const todo: [path: string, value: Json][] = documents
    .map((text): [string, Json] => ['', parseJson(text) ?? null])
    .toReversed()
  while (todo.length > 0) {
    const [path, value] = todo.pop() as [string, Json]
    if (Array.isArray(value) && value.length > 0 && value.every(isByte)) {
      const bytes = bytesByPath.get(path) ?? []
      for (const byte of value) bytes.push(byte)
      bytesByPath.set(path, bytes)
    } else if (Array.isArray(value)) for (const item of value.toReversed()) todo.push([path, item])
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value).toReversed())
        todo.push([`${path.slice(-200)}/${key}`, item])
    }
  }
  return [...bytesByPath.values()].map((bytes) => Buffer.from(bytes).toString('latin1'))
}

function isByte(value: Json): value is number {
  return typeof value === 'number' && value >= 0 && value < 256 && Number.isInteger(value)
}
