import type { MultipartBody, Part, RecordedRequest, RecordedResponse, RequestBody, ResponseBody } from '../cassette.ts'
import { CONNECTION_HEADERS, type Headers, headerValue, withoutHeaders } from '../http.ts'
import { contentOf } from '../multipart.ts'
import { parseJson } from '../json.ts'
import { tokens } from '../json-lexer.ts'
import { redactSplit } from './documents.ts'
import { eventData, withEventData } from './event-data.ts'
import { applyEdits, decodeString, type Edit } from './json-strings.ts'
import { findLeak } from './leaks.ts'
import { isPlaceholder, PlaceholderBook, type SecretKind } from './placeholders.ts'
import { compileRules, type CompiledRules, type RedactRule } from './rules.ts'
import { isKeyLike, MIN_SECRET_LENGTH, SecretFinder } from './secrets.ts'

/** Headers that carry nothing but credentials: they are not kept at all. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'api-key',
  'authorization',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'set-cookie',
  'set-cookie2',
  'x-api-key',
])

/** Headers whose whole value names an account. */
const ACCOUNT_HEADERS: ReadonlyMap<string, SecretKind> = new Map([
  ['openai-organization', 'org-'],
  ['openai-project', 'proj_'],
])

/** JSON members and query parameters whose value is a credential, whatever it looks like. */
const CREDENTIAL_NAMES = 'authorization|proxy-authorization|api[-_]?key|x-api-key|access_token|subscription-key'
const CREDENTIAL_MEMBER = new RegExp(String.raw`"(?:${CREDENTIAL_NAMES})"\s*:\s*"((?:Bearer |Basic )?)([^"\\\s]{8,4096})"`, 'gi')
const CREDENTIAL_PARAMETER = new RegExp(String.raw`([?&](?:${CREDENTIAL_NAMES})=)([^&#]{1,4096})`, 'gi')

/**
 * Takes secrets out of requests and responses before they are compared, kept or
 * shown. One lives as long as the cassette it works for, so that one value gets one
 * placeholder throughout.
 */
export class Redactor {
  readonly #finder = new SecretFinder()
  readonly #book = new PlaceholderBook()
  readonly #rules: CompiledRules

  /** @param secrets values that must never be kept, as they are known beforehand */
  constructor(secrets: Iterable<string>, rules: readonly RedactRule[] = []) {
    this.#rules = compileRules(rules)
    this.#finder.learn(secretsAmong(secrets))
  }

  /** Grows with every secret that is learned: what was redacted at the same count is redacted in the same way. */
  get knowledge(): number {
    return this.#finder.size
  }

  /** Takes note of the credentials that a request carries, so that an echo of them is found. */
  learnFromRequest(headers: Headers): void {
    const credentials = ['authorization', 'proxy-authorization', 'api-key', 'x-api-key'].map((name) =>
      (headerValue(headers, name) ?? '').replace(/^(?:Bearer|Basic)\s+/i, ''),
    )
    this.#finder.learn(secretsAmong([...credentials, ...cookieValues(headerValue(headers, 'cookie') ?? '')]))
  }

  learnFromResponse(headers: Headers): void {
    const cookies = headers.filter(([name]) => name === 'set-cookie').flatMap(([, value]) => cookieValues(value.split(';')[0] ?? ''))
    const accounts = headers.filter(([name]) => ACCOUNT_HEADERS.has(name)).map(([, value]) => value)
    this.#finder.learn(secretsAmong([...cookies, ...accounts.filter(isKeyLike)]))
  }

  request(request: RecordedRequest): RecordedRequest {
    return {
      method: request.method,
      path: this.text(request.path.replace(CREDENTIAL_PARAMETER, (_, name: string, value: string) => name + this.#named(value))),
      headers: this.#headers(request.headers),
      body: this.#requestBody(request.body),
    }
  }

  response(response: RecordedResponse): RecordedResponse {
    return { ...response, headers: this.#headers(response.headers), body: this.#responseBody(response.body) }
  }

  /** Secrets out of plain text: a message, a header's value, a path. */
  text(text: string): string {
    const found = this.#finder.find(text)
    const edits = found.map(({ start, end, secret }) => ({ start, end, text: this.#placeholder(secret) }))
    return this.#rules.texts.reduce((out, rule) => out.replace(rule.match, () => rule.as), applyEdits(text, edits))
  }

  /** Where a secret is left in what would be kept, in words; undefined when it is clean. */
  leak(request: RecordedRequest, response: RecordedResponse): string | undefined {
    return findLeak(request, response, (text) => this.#finder.find(text).some(({ secret }) => !isPlaceholder(secret)))
  }

  #placeholder = (secret: string): string => this.#book.placeholder(secret)

  #named(value: string): string {
    return isPlaceholder(value) || value.length < 8 ? value : this.#book.placeholder(value)
  }

  #headers(headers: Headers): Headers {
    const kept = withoutHeaders(withoutHeaders(withoutHeaders(headers, CONNECTION_HEADERS), CREDENTIAL_HEADERS), this.#rules.headers)
    return kept.map(([name, value]) => {
      const kind = ACCOUNT_HEADERS.get(name)
      if (kind === undefined || isPlaceholder(value)) return [name, this.text(value)]
      return [name, this.#book.placeholder(value, kind)]
    })
  }

  #requestBody(body: RequestBody): RequestBody {
    switch (body.kind) {
      case 'json':
        return { kind: 'json', text: this.#json(body.text) }
      case 'multipart':
        return this.#multipart(body)
      default:
        return this.#content(body)
    }
  }

  #responseBody(body: ResponseBody): ResponseBody {
    switch (body.kind) {
      case 'json':
        return { kind: 'json', text: this.#documents([body.text])[0] as string }
      case 'text':
        return { kind: 'text', text: this.#documents([body.text])[0] as string }
      case 'events': {
        const data = this.#documents(eventData(body.events))
        return { kind: 'events', events: withEventData(body.events, data, (text) => this.text(text)) }
      }
      default:
        return this.#content(body)
    }
  }

  #multipart(body: MultipartBody): MultipartBody {
    return {
      kind: 'multipart',
      parts: body.parts.map((part) => ({
        ...part,
        name: this.text(part.name),
        ...(part.filename === undefined ? {} : { filename: this.text(part.filename) }),
        content: this.#content(part.content),
      })),
    }
  }

  #content<B extends Part['content']>(content: B): B | Part['content'] {
    switch (content.kind) {
      case 'text':
        return { kind: 'text', text: this.text(content.text) }
      case 'binary': {
        // One character a byte, so that a secret between bytes that are no text is found too.
        const text = Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.byteLength).toString('latin1')
        const clean = this.text(text)
        return clean === text ? content : contentOf(Buffer.from(clean, 'latin1'))
      }
      default:
        return content
    }
  }

  /** JSON texts, their bytes kept where there is no secret, which may be split over their strings. */
  #documents(documents: readonly string[]): readonly string[] {
    const clean = documents.map((text) => (parseJson(text) === undefined ? this.text(text) : this.#json(text)))
    return redactSplit(clean, (text) => this.#finder.find(text), this.#placeholder)
  }

  #json(text: string): string {
    const named = text.replace(CREDENTIAL_MEMBER, (match, _scheme: string, value: string) =>
      match.replace(value, () => this.#named(value)),
    )
    // Escapes may hide a secret, and a rule of the user's must not reach beyond a string.
    if (this.#rules.texts.length === 0 && !named.includes(String.raw`\u`)) return this.text(named)
    const edits: Edit[] = []
    for (const token of tokens(named)) {
      if (token.kind !== 'string') continue
      const value = decodeString(named.slice(token.start, token.end))
      const clean = this.text(value)
      if (clean !== value) edits.push({ start: token.start, end: token.end, text: JSON.stringify(clean) })
    }
    return applyEdits(named, edits)
  }
}

function secretsAmong(values: Iterable<string>): string[] {
  return [...values].map((value) => value.trim()).filter((value) => value.length >= MIN_SECRET_LENGTH && !isPlaceholder(value))
}

function cookieValues(header: string): string[] {
  return header
    .split(';')
    .map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
    .filter(isKeyLike)
}

