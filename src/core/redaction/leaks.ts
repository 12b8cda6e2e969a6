import { bodyBytes } from '../body.ts'
import type { Part, RecordedRequest, RecordedResponse, RequestBody, ResponseBody } from '../cassette.ts'
import { type Json, isJsonObject, parseJson } from '../json.ts'
import { eventData } from './event-data.ts'
import { channelsOf } from './documents.ts'

/**
 * The last look before an interaction is kept: where does a secret stand that could
 * not be taken out? Encoded as base64, say, or as the byte values of log probabilities.
 */
export function findLeak(
  request: RecordedRequest,
  response: RecordedResponse,
  isSecret: (text: string) => boolean,
): string | undefined {
  const places: [string, () => boolean][] = [
    ['the request path', () => isSecret(request.path)],
    ['a request header', () => request.headers.some(([, value]) => isSecret(value))],
    ['the request body', () => leaksInBody(request.body, isSecret)],
    ['a response header', () => response.headers.some(([, value]) => isSecret(value))],
    ['the response body', () => leaksInBody(response.body, isSecret)],
  ]
  return places.find(([, leaks]) => leaks())?.[0]
}

function leaksInBody(body: RequestBody | ResponseBody, isSecret: (text: string) => boolean): boolean {
  switch (body.kind) {
    case 'empty':
    case 'blob':
      return false
    case 'multipart':
      return body.parts.some((part) => leaksInPart(part, isSecret))
    case 'events':
      return leaksInText(body.events.map((event) => event.raw), eventData(body.events), isSecret)
    case 'json':
    case 'text':
      return leaksInText([body.text], [body.text], isSecret)
    case 'binary':
      return isSecret(Buffer.from(bodyBytes(body)).toString('latin1'))
  }
}

function leaksInPart({ name, filename, content }: Part, isSecret: (text: string) => boolean): boolean {
  return isSecret(name) || isSecret(filename ?? '') || leaksInBody(content, isSecret)
}

function leaksInText(raw: readonly string[], documents: readonly string[], isSecret: (text: string) => boolean): boolean {
  const spelled = [...channelsOf(documents).values()].map((pieces) => pieces.map(({ value }) => value).join(''))
  return [...raw, ...spelled].some((text) => isSecret(text) || leaksInBase64(text, isSecret)) || spelledAsBytes(documents).some(isSecret)
}

function leaksInBase64(text: string, isSecret: (text: string) => boolean): boolean {
  let start = -1
  // By hand: a regular expression overflows the stack on a run of some megabytes.
  for (let at = 0; at <= text.length; at++) {
    const inRun = at < text.length && BASE64[text.charCodeAt(at)] === 1
    if (inRun && start < 0) start = at
    if (inRun || start < 0) continue
    if (at - start >= 24 && isSecret(Buffer.from(text.slice(start, at), 'base64').toString('latin1'))) return true
    start = -1
  }
  return false
}

/** By character code: 1 for those of base64 and base64url. */
const BASE64 = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 1 : 0))

/** What the lists of byte values spell, as log probabilities spell their tokens: a text for each way to one. */
function spelledAsBytes(documents: readonly string[]): string[] {
  const spelled = new Map<string, number[]>()
  const todo: [way: string, value: Json][] = documents.map((text): [string, Json] => ['', parseJson(text) ?? null]).toReversed()
  while (todo.length > 0) {
    const [way, value] = todo.pop() as [string, Json]
    if (Array.isArray(value) && value.length > 0 && value.every(isByte)) {
      spelled.set(way, [...(spelled.get(way) ?? []), ...value])
    } else if (Array.isArray(value)) for (const item of value.toReversed()) todo.push([way, item])
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value).toReversed()) todo.push([`${way.slice(-200)}/${key}`, item])
    }
  }
  return [...spelled.values()].map((bytes) => Buffer.from(bytes).toString('latin1'))
}

function isByte(value: Json): value is number {
  return typeof value === 'number' && value >= 0 && value < 256 && Number.isInteger(value)
}
