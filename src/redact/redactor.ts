import type {
  FrameContent,
  MultipartBody,
  Part,
  RecordedRequest,
  RecordedResponse,
  RequestBody,
  ResponseBody,
} from '../cassette/cassette.ts'
import { CONNECTION_HEADERS, type Headers, withoutHeaders } from '../http/message.ts'
import { parseJson } from '../json/json.ts'
import { contentOf } from '../cassette/bodies/multipart.ts'
import {
  ACCOUNT_HEADERS,
  CREDENTIAL_HEADERS,
  credentialsOfRequest,
  credentialsOfResponse,
  isForm,
  replaceMembers,
  replaceParameters,
  secretsAmong,
} from './credentials.ts'
import { redactSplit } from './documents.ts'
import { eventData, withEventData } from './event-data.ts'
import { cleanContent, cleanFrames, type FrameCleaning } from './frames.ts'
import { findLeak, leaksInLine, type LeakTests } from './leaks.ts'
import { holdsPlaceholder, isPlaceholder, PlaceholderBook, placeholderInBytes } from './placeholders.ts'
import { type Find, replaced, replacedInJson, type StandIn } from './replace.ts'
import { compileRules, matchesInBytes, matchesOf, type RedactRule } from './rules.ts'
import { type Found, isKeyLike, MIN_SECRET_LENGTH, SecretFinder } from './secrets.ts'
import { WindowCleaner } from './windows.ts'

/**
 * Takes secrets out of requests and responses before they are compared, kept or
 * shown. One lives as long as the cassette it works for, so that one value gets one
 * placeholder throughout.
 */
export class Redactor {
  readonly #finder = new SecretFinder()
  readonly #book = new PlaceholderBook()
  readonly #unwantedHeaders: ReadonlySet<string>
  /** Secrets are looked for first, then the user's patterns, each in what the one before it left. */
  readonly #secrets: Find = (text) => this.#finder.find(text)
  readonly #patterns: readonly Find[]
  readonly #all: readonly Find[]
  /** The same where a text's bytes are read a character each. */
  readonly #allInBytes: readonly Find[]

  /**
   * @param secrets values that must never be kept, as they are known beforehand
   * @throws UsageError for a rule that cannot be one
   */
  constructor(secrets: Iterable<string>, rules: readonly RedactRule[] = []) {
    const { values, patterns, headers } = compileRules(rules)
    this.#finder.learn(secretsAmong(secrets))
    for (const { value, as } of values) this.#finder.learn([value], as)
    this.#unwantedHeaders = new Set([...CONNECTION_HEADERS, ...CREDENTIAL_HEADERS, ...headers])
    const findsBy = (matches: typeof matchesOf): Find[] =>
      patterns.map(
        (rule): Find =>
          (text) =>
            matches(rule, text),
      )
    this.#patterns = findsBy(matchesOf)
    this.#all = [this.#secrets, ...this.#patterns]
    this.#allInBytes = [this.#secrets, ...findsBy(matchesInBytes)]
  }

  /** Grows with every secret that is learned: what was redacted at the same count is redacted in the same way. */
  get knowledge(): number {
    return this.#finder.size
  }

  /** Takes note of the credentials that a request carries, so that an echo of them is found. */
  learnFromRequest(headers: Headers): void {
    this.#finder.learn(credentialsOfRequest(headers))
  }

  learnFromResponse(headers: Headers): void {
    this.#finder.learn(credentialsOfResponse(headers))
  }

  request({ method, path, headers, body }: RecordedRequest): RecordedRequest {
    // What has a credential's name comes first: the same value may stand in the rest under no name.
    const named = replaceParameters(path, this.#learned)
    const clean = this.#requestBody(body)
    return { method, path: this.text(named), headers: this.#headers(headers), body: clean }
  }

  response(response: RecordedResponse): RecordedResponse {
    const body = this.#responseBody(response.body)
    return { ...response, headers: this.#headers(response.headers), body }
  }

  /** What a client says over a WebSocket. */
  frame(content: FrameContent): FrameContent {
    return cleanContent(content, this.#frames)
  }

  /** Secrets out of plain text: a message, a header's value, a path. */
  text(text: string): string {
    return replaced(text, this.#all, this.#standIn)
  }

  /** For what is too large to be held. */
  windows(): WindowCleaner {
    const tests = this.#leakTests
    const standIn: StandIn = (found) => Buffer.from(inBytes(found)).toString('latin1')
    return new WindowCleaner({ finds: this.#allInBytes, standIn, leaks: (text) => leaksInLine(text, tests) })
  }

  /** Where a secret is left in what would be kept, in words; undefined when it is clean. */
  leak(request: RecordedRequest, response: RecordedResponse): string | undefined {
    return findLeak(request, response, this.#leakTests)
  }

  get #leakTests(): LeakTests {
    const isSecret = (text: string): boolean => this.#secrets(text).length > 0
    // A pattern of the user's was applied to all that stands there plainly. In what merely may
    // be some code, a short match is chance.
    const matches = (text: string): boolean =>
      this.#patterns.some((find) => find(text).some(({ secret }) => secret.length >= MIN_SECRET_LENGTH))
    return { isSecret, isSecretDecoded: (text) => isSecret(text) || matches(text) }
  }

  readonly #standIn: StandIn = ({ secret, as }) => as ?? this.#book.placeholder(secret)

  #named = (value: string): string => {
    return holdsPlaceholder(value) || value.length < 8 ? value : this.#book.placeholder(value)
  }

  /** What a request calls a credential, its answer may echo under no name. */
  #learned = (value: string): string => {
    if (!holdsPlaceholder(value) && value.length >= MIN_SECRET_LENGTH && isKeyLike(value))
      this.#finder.learn([value])
    return this.#named(value)
  }

  #headers(headers: Headers): Headers {
    return withoutHeaders(headers, this.#unwantedHeaders).map(([name, value]) => {
      const kind = ACCOUNT_HEADERS.get(name)
      if (kind === undefined || isPlaceholder(value)) return [name, this.text(value)]
      return [name, this.#book.placeholder(value, kind)]
    })
  }

  #requestBody(body: RequestBody): RequestBody {
    switch (body.kind) {
      case 'json':
        return { kind: 'json', text: this.#json(replaceMembers(body.text, this.#learned)) }
      case 'multipart':
        return this.#multipart(body)
      case 'text':
        return this.#content(
          isForm(body.text) ? { kind: 'text', text: replaceParameters(body.text, this.#learned) } : body,
        )
      default:
        return this.#content(body)
    }
  }

  #responseBody(body: ResponseBody): ResponseBody {
    switch (body.kind) {
      case 'json':
      case 'text':
        return { kind: body.kind, text: this.#documents([body.text])[0] as string }
      case 'events': {
        const data = this.#documents(eventData(body.events))
        return { kind: 'events', events: withEventData(body.events, data, (text) => this.text(text)) }
      }
      case 'frames':
        return cleanFrames(body, this.#frames)
      default:
        return this.#content(body)
    }
  }

  readonly #frames: FrameCleaning = {
    asked: (text) => {
      const isJson = parseJson(text) !== undefined
      return isJson ? this.#json(replaceMembers(text, this.#learned)) : this.text(text)
    },
    told: (texts) => this.#documents(texts),
    bytes: (bytes) => ({ kind: 'binary', bytes: this.#cleanBytes(bytes) ?? bytes }),
    text: (text) => this.text(text),
  }

  #multipart({ parts }: MultipartBody): MultipartBody {
    const clean = ({ name, filename, type, content }: Part): Part => ({
      name: this.text(name),
      ...(filename === undefined ? {} : { filename: this.text(filename) }),
      ...(type === undefined ? {} : { type: this.text(type) }),
      content: this.#content(content),
    })
    return { kind: 'multipart', parts: parts.map(clean) }
  }

  #content(content: Part['content']): Part['content'] {
    if (content.kind === 'binary') {
      const clean = this.#cleanBytes(content.bytes)
      return clean === undefined ? content : contentOf(clean)
    }
    if (content.kind !== 'text') return content
    const text = this.text(content.text)
    return text === '' ? { kind: 'empty' } : { kind: 'text', text }
  }

  #json(text: string): string {
    return replacedInJson(text, this.#secrets, this.#patterns, this.#standIn)
  }

  /**
   * One character a byte, so that a secret between bytes that are no text is found too.
   * Undefined where there is none.
   */
  #cleanBytes(bytes: Uint8Array): Uint8Array | undefined {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const standIn: StandIn = (found) => Buffer.from(inBytes(found)).toString('latin1')
    const clean = replaced(text, this.#allInBytes, standIn)
    return clean === text ? undefined : new Uint8Array(Buffer.from(clean, 'latin1'))
  }

  /** JSON texts, their bytes kept where there is no secret, which may be split over their strings. */
  #documents(documents: readonly string[]): readonly string[] {
    const isJson = documents.map((text) => parseJson(text) !== undefined)
    const named = documents.map((text, i) => (isJson[i] ? replaceMembers(text, this.#named) : text))
    // What is split comes first: the beginning of a key may look like a whole one.
    const whole = this.#all.reduce<readonly string[]>(
      (texts, find) => redactSplit(texts, find, this.#standIn),
      named,
    )
    return whole.map((text, i) => (isJson[i] ? this.#json(text) : this.text(text)))
  }
}

function inBytes({ secret, as }: Found): string {
  return as ?? placeholderInBytes(secret)
}
