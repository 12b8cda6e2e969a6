import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { ApiError, errorBody } from './errors.ts'
import { digest } from './ids.ts'

/** One request, read to its end. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly form: FormData | undefined
  /** A hash of what was asked. A multipart boundary does not count, nor do headers. */
  readonly seed: string
}

/** A character a byte. */
export function readBody(req: IncomingMessage): Promise<string> {
  return text(req.setEncoding('latin1'))
}

/** @param raw its target, a line end, and its body as `readBody` reads it */
export async function readAsked(req: IncomingMessage, raw: string): Promise<Asked> {
  const end = raw.indexOf('\n')
  const url = new URL(raw.slice(0, end) || '/', 'http://stand-in')
  const body = Buffer.from(raw.slice(end + 1), 'latin1')
  const form = await formOf(body, req.headers['content-type'])
  const content = form === undefined ? digest(body) : await digestOf(form)
  return {
    method: req.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: req.headers,
    body,
    form,
    seed: digest(req.method ?? 'GET', url.pathname, url.search, content),
  }
}

/** The body as the SDK's type for it. Nothing is checked but that it is a JSON object. */
export function jsonOf<T>(asked: Asked): T {
  try {
    const value: unknown = JSON.parse(asked.body.toString())
    if (typeof value === 'object' && value !== null) return value as T
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new ApiError(400, errorBody(NOT_JSON, { type: 'invalid_request_error' }))
}

const NOT_JSON =
  'We could not parse the JSON body of your request. (HINT: This likely means you aren’t using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)'

export function fieldOf(asked: Asked, name: string): string | undefined {
  const value = asked.form?.get(name)
  return typeof value === 'string' ? value : undefined
}

export function fileOf(asked: Asked, name = 'file'): File {
  const file = asked.form?.get(name)
  if (file instanceof File) return file
  throw new ApiError(400, errorBody(`'${name}' is a required property`, { type: 'invalid_request_error' }))
}

async function formOf(body: Buffer, type: string | undefined): Promise<FormData | undefined> {
  if (type === undefined || !/^multipart\/form-data/i.test(type)) return undefined
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
}

async function digestOf(form: FormData): Promise<string> {
  const parts: (string | Uint8Array)[] = []
  for (const [name, value] of form) {
    parts.push(name)
    if (typeof value === 'string') parts.push(value)
    else parts.push(value.name, value.type, new Uint8Array(await value.arrayBuffer()))
  }
  return digest(...parts)
}
