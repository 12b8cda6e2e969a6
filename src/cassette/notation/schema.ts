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
import { CassetteError, UsageError } from '../../messages/errors.ts'
import { parseEventLines } from './event-lines.ts'
import { type Expires, readExpires } from '../expiry.ts'
import { parseFrameLines } from './frame-lines.ts'
import type { Headers } from '../../http/message.ts'
import { parseJson } from '../../json/json.ts'
import { parseHeaderLines } from './lines.ts'

/** Keys and indices that lead to a value in the file. */
export type FilePlace = readonly (string | number)[]
export type Refuse = (place: FilePlace, message: string) => never

/** Turns the file's plain data into a cassette, or refuses it at the place that is wrong. */
export function readCassette(data: unknown, refuse: Refuse): Cassette {
  const top = new Fields(data, [], refuse, ['version', 'upstream', 'recordedAt', 'expires', 'interactions'])
  if (top.number('version') !== CASSETTE_VERSION) top.refuse('version', `${CASSETTE_VERSION}`)
  return {
    version: CASSETTE_VERSION,
    upstream: top.string('upstream'),
    recordedAt: top.day('recordedAt'),
    ...(top.has('expires') ? { expires: top.expires('expires') } : {}),
    interactions: top.list('interactions', readInteraction),
  }
}

function readInteraction(data: unknown, place: FilePlace, refuse: Refuse): Interaction {
  const fields = new Fields(data, place, refuse, ['upstream', 'recordedAt', 'request', 'response'])
  return {
    ...(fields.has('upstream') ? { upstream: fields.string('upstream') } : {}),
    ...(fields.has('recordedAt') ? { recordedAt: fields.day('recordedAt') } : {}),
    request: readRequest(fields.fields('request', ['method', 'path', 'headers', 'body'])),
    response: readResponse(fields.fields('response', ['status', 'after', 'truncated', 'headers', 'body'])),
  }
}

function readRequest(fields: Fields): RecordedRequest {
  const path = fields.string('path')
  if (!path.startsWith('/')) fields.refuse('path', "a path that begins with '/'")
  return {
    method: fields.string('method'),
    path,
    headers: fields.headers(),
    body: readBody(fields, 'request') as RequestBody,
  }
}

function readResponse(fields: Fields): RecordedResponse {
  const status = fields.number('status')
  if (status < 100 || status > 599) fields.refuse('status', 'a status from 100 to 599')
  return {
    status,
    ...(fields.has('after') ? { after: fields.number('after') } : {}),
    ...(fields.has('truncated') ? { truncated: true as const } : {}),
    headers: fields.headers(),
    body: readBody(fields, 'response') as ResponseBody,
  }
}

const CONTENT = ['text', 'base64', 'blob'] as const

function readBody(parent: Fields, of: 'request' | 'response'): RequestBody | ResponseBody {
  if (!parent.has('body')) return { kind: 'empty' }
  const kinds = [
    'json',
    ...CONTENT,
    ...(of === 'request' ? (['multipart'] as const) : (['events', 'frames'] as const)),
  ] as const
  const fields = parent.fields('body', [...kinds, 'size', 'eol'])
  switch (fields.oneOf(kinds)) {
    case 'json': {
      const text = fields.string('json')
      if (parseJson(text) === undefined) fields.refuse('json', 'valid JSON')
      return { kind: 'json', text }
    }
    case 'multipart':
      return { kind: 'multipart', parts: fields.list('multipart', readPart) }
    case 'events':
      return readEvents(fields)
    case 'frames':
      return readLines(fields, 'frames', parseFrameLines)
    default:
      return readContent(fields)
  }
}

function readEvents(fields: Fields): ResponseBody {
  const crlf = fields.has('eol')
  if (crlf && fields.string('eol') !== 'crlf') fields.refuse('eol', 'crlf, or nothing for LF')
  return readLines(fields, 'events', (text) => ({
    kind: 'events',
    events: parseEventLines(text, crlf ? '\r\n' : '\n'),
  }))
}

function readLines<T>(fields: Fields, key: string, read: (text: string) => T): T {
  try {
    return read(fields.string(key))
  } catch (error) {
    if (error instanceof CassetteError) return fields.fail(key, error.message)
    throw error
  }
}

function readPart(data: unknown, place: FilePlace, refuse: Refuse): FormPart {
  const fields = new Fields(data, place, refuse, ['name', 'filename', 'type', ...CONTENT, 'size'])
  fields.oneOf(CONTENT)
  return {
    name: fields.string('name'),
    ...(fields.has('filename') ? { filename: fields.string('filename') } : {}),
    ...(fields.has('type') ? { type: fields.string('type') } : {}),
    content: readContent(fields),
  }
}

function readContent(fields: Fields): FormPart['content'] {
  switch (fields.oneOf(CONTENT)) {
    case 'text': {
      const text = fields.string('text')
      return text === '' ? { kind: 'empty' } : { kind: 'text', text }
    }
    case 'base64': {
      const text = fields.string('base64')
      if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) fields.refuse('base64', 'base64')
      return { kind: 'binary', bytes: new Uint8Array(Buffer.from(text, 'base64')) }
    }
    case 'blob': {
      const sha256 = fields.string('blob')
      if (!/^[0-9a-f]{64}$/.test(sha256)) fields.refuse('blob', 'a SHA-256 in hex')
      return { kind: 'blob', sha256, size: fields.number('size') }
    }
  }
}

/** A mapping of the file, read field by field. */
class Fields {
  readonly #data: Record<string, unknown>
  readonly #place: FilePlace
  readonly #refuse: Refuse

  constructor(data: unknown, place: FilePlace, refuse: Refuse, known: readonly string[]) {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      refuse(place, `expected a mapping with ${known.join(', ')}, found ${describe(data)}`)
    }
    this.#data = data as Record<string, unknown>
    this.#place = place
    this.#refuse = refuse
    const unknown = Object.keys(this.#data).find((key) => !known.includes(key))
    if (unknown !== undefined) {
      refuse([...place, unknown], `unknown field '${unknown}'; expected one of ${known.join(', ')}`)
    }
  }

  has(key: string): boolean {
    return this.#data[key] !== undefined
  }

  refuse(key: string, expected: string): never {
    return this.fail(key, `expected '${key}' to be ${expected}, found ${describe(this.#data[key])}`)
  }

  fail(key: string, message: string): never {
    return this.#refuse([...this.#place, key], message)
  }

  string(key: string): string {
    const value = this.#data[key]
    return typeof value === 'string' ? value : this.refuse(key, 'a string')
  }

  number(key: string): number {
    const value = this.#data[key]
    return typeof value === 'number' && Number.isInteger(value) && value >= 0
      ? value
      : this.refuse(key, 'a whole number')
  }

  day(key: string): string {
    const value = this.string(key)
    return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : this.refuse(key, 'a day as YYYY-MM-DD')
  }

  expires(key: string): Expires {
    try {
      readExpires(this.#data[key], key)
      return this.#data[key] as Expires
    } catch (error) {
      if (error instanceof UsageError) return this.fail(key, error.message)
      throw error
    }
  }

  headers(): Headers {
    if (!this.has('headers')) return []
    const headers = parseHeaderLines(this.string('headers'))
    return typeof headers === 'string'
      ? this.fail('headers', `expected header lines 'name: value', found '${headers}'`)
      : headers
  }

  fields(key: string, known: readonly string[]): Fields {
    return new Fields(this.#data[key], [...this.#place, key], this.#refuse, known)
  }

  list<T>(key: string, read: (data: unknown, place: FilePlace, refuse: Refuse) => T): T[] {
    const value = this.#data[key]
    if (!Array.isArray(value)) return this.refuse(key, 'a list')
    return value.map((item, i) => read(item, [...this.#place, key, i], this.#refuse))
  }

  /** The one of these keys that is present. */
  oneOf<K extends string>(keys: readonly K[]): K {
    const present = keys.filter((key) => this.has(key))
    return present.length === 1
      ? (present[0] as K)
      : this.#refuse(
          this.#place,
          `expected exactly one of ${keys.join(', ')}, found ${present.join(' and ') || 'none'}`,
        )
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  return `'${String(value).slice(0, 60)}'`
}
