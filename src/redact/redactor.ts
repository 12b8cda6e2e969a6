import type {
  FrameContent,
  MultipartBody,
  FormPart,
  RecordedRequest,
  RecordedResponse,
  RequestBody,
  ResponseBody,
} from '../cassette/cassette.ts'
import { CONNECTION_HEADERS, type Headers, withoutHeaders } from '../http/message.ts'
import { parseJson } from '../json/json.ts'
import { contentOf } from '../cassette/bodies/multipart.ts'
import {
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
import { PlaceholderBook } from './placeholders.ts'
import { type Find, type PlaceholderFor, replaced, replacedInJson } from './replace.ts'
import { compileRules, matchesInBytes, matchesOf, type RedactRule } from './rules.ts'
import { isKeyLike, MIN_SECRET_LENGTH, SecretFinder } from './secrets.ts'
import type { SecretShapes } from './shapes.ts'
import { WindowCleaner } from './windows.ts'

/**
 * Redacts requests and responses before they are compared, recorded or shown.
 * Each open cassette has one redactor, so that a secret always gets the same placeholder.
 */
export class Redactor {
  readonly #shapes: SecretShapes
  readonly #finder: SecretFinder
  readonly #book: PlaceholderBook
  readonly #unwantedHeaders: ReadonlySet<string>
  /** Known secrets and keys. They are redacted before the user's patterns are applied. */
  readonly #secrets: Find = (text) => this.#finder.find(text)
  readonly #patterns: readonly Find[]
  readonly #all: readonly Find[]
  /** The same for binary content, decoded as Latin-1. */
  readonly #allInBytes: readonly Find[]

  /**
   * @param secrets known values that must never be recorded
   * @throws UsageError if a rule is invalid
   */
  constructor(shapes: SecretShapes, secrets: Iterable<string>, rules: readonly RedactRule[] = []) {
    const { values, patterns, headers } = compileRules(rules)
    this.#shapes = shapes
    this.#finder = new SecretFinder(shapes)
    this.#book = new PlaceholderBook(shapes.placeholders)
    this.#finder.learn(secretsAmong(secrets, shapes.placeholders))
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

  /** The number of learned secrets. While it does not change, a text is always redacted in the same way. */
  get knowledge(): number {
    return this.#finder.size
  }

  /** Learns the credentials of a request, so that they are also found if the response repeats them. */
  learnFromRequest(headers: Headers): void {
    this.#finder.learn(credentialsOfRequest(headers, this.#shapes.placeholders))
  }

  learnFromResponse(headers: Headers): void {
    this.#finder.learn(credentialsOfResponse(headers, this.#shapes))
  }

  request({ method, path, headers, body }: RecordedRequest): RecordedRequest {
    // First learn the values of named parameters: they may occur elsewhere without a name.
    const named = replaceParameters(path, this.#learnAndReplace)
    const clean = this.#requestBody(body)
    return { method, path: this.text(named), headers: this.#headers(headers), body: clean }
  }

  response(response: RecordedResponse): RecordedResponse {
    const body = this.#responseBody(response.body)
    return { ...response, headers: this.#headers(response.headers), body }
  }

  /** Redacts a frame that the client of a WebSocket sent. */
  frame(content: FrameContent): FrameContent {
    return cleanContent(content, this.#frames)
  }

  /** Redacts plain text: a message, the value of a header, a path. */
  text(text: string): string {
    return replaced(text, this.#all, this.#placeholderFor)
  }

  /** Redacts a body that is too large for memory. */
  windows(): WindowCleaner {
    const tests = this.#leakTests
    return new WindowCleaner({
      finds: this.#allInBytes,
      placeholderFor: this.#placeholderInBytes,
      leaks: (text) => leaksInLine(text, tests),
    })
  }

  /** Describes where an interaction still contains a secret. Undefined if it contains none. */
  leak(request: RecordedRequest, response: RecordedResponse): string | undefined {
    return findLeak(request, response, this.#leakTests)
  }

  get #leakTests(): LeakTests {
    const isSecret = (text: string): boolean => this.#secrets(text).length > 0
    // The user's patterns are already applied to plain text. In decoded text, a short match is
    // mostly a coincidence, because the text may not have been encoded at all.
    const matches = (text: string): boolean =>
      this.#patterns.some((find) => find(text).some(({ secret }) => secret.length >= MIN_SECRET_LENGTH))
    return { isSecret, isSecretDecoded: (text) => isSecret(text) || matches(text), shapes: this.#shapes }
  }

  readonly #placeholderFor: PlaceholderFor = ({ secret, as }) => as ?? this.#book.placeholder(secret)

  readonly #placeholderInBytes: PlaceholderFor = ({ secret, as }) =>
    Buffer.from(as ?? this.#shapes.placeholders.inBytes(secret)).toString('latin1')

  #replaceNamed = (value: string): string => {
    const isRedacted = this.#shapes.placeholders.isIn(value)
    return isRedacted || value.length < 8 ? value : this.#book.placeholder(value)
  }

  /** Also learns the credential, because the response may repeat it without its name. */
  #learnAndReplace = (value: string): string => {
    if (!this.#shapes.placeholders.isIn(value) && value.length >= MIN_SECRET_LENGTH && isKeyLike(value))
      this.#finder.learn([value])
    return this.#replaceNamed(value)
  }

  #headers(headers: Headers): Headers {
    return withoutHeaders(headers, this.#unwantedHeaders).map(([name, value]) => {
      const prefix = this.#shapes.accountHeaders.get(name)
      if (prefix === undefined || this.#shapes.placeholders.isPlaceholder(value))
        return [name, this.text(value)]
      return [name, this.#book.placeholder(value, prefix)]
    })
  }

  #requestBody(body: RequestBody): RequestBody {
    switch (body.kind) {
      case 'json':
        return { kind: 'json', text: this.#json(replaceMembers(body.text, this.#learnAndReplace)) }
      case 'multipart':
        return this.#multipart(body)
      case 'text':
        return this.#content(
          isForm(body.text)
            ? { kind: 'text', text: replaceParameters(body.text, this.#learnAndReplace) }
            : body,
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
    client: (text) => {
      const isJson = parseJson(text) !== undefined
      return isJson ? this.#json(replaceMembers(text, this.#learnAndReplace)) : this.text(text)
    },
    server: (texts) => this.#documents(texts),
    bytes: (bytes) => ({ kind: 'binary', bytes: this.#cleanBytes(bytes) ?? bytes }),
    text: (text) => this.text(text),
  }

  #multipart({ parts }: MultipartBody): MultipartBody {
    const clean = ({ name, filename, type, content }: FormPart): FormPart => ({
      name: this.text(name),
      ...(filename === undefined ? {} : { filename: this.text(filename) }),
      ...(type === undefined ? {} : { type: this.text(type) }),
      content: this.#content(content),
    })
    return { kind: 'multipart', parts: parts.map(clean) }
  }

  #content(content: FormPart['content']): FormPart['content'] {
    if (content.kind === 'binary') {
      const clean = this.#cleanBytes(content.bytes)
      return clean === undefined ? content : contentOf(clean)
    }
    if (content.kind !== 'text') return content
    const text = this.text(content.text)
    return text === '' ? { kind: 'empty' } : { kind: 'text', text }
  }

  #json(text: string): string {
    return replacedInJson(text, this.#secrets, this.#patterns, this.#placeholderFor)
  }

  /**
   * Decodes the bytes as Latin-1, so that secrets in binary data are found.
   * @returns undefined if there are no secrets
   */
  #cleanBytes(bytes: Uint8Array): Uint8Array | undefined {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const clean = replaced(text, this.#allInBytes, this.#placeholderInBytes)
    return clean === text ? undefined : new Uint8Array(Buffer.from(clean, 'latin1'))
  }

  /** Redacts several texts together, because a secret may be split over them. Texts without secrets are unchanged. */
  #documents(documents: readonly string[]): readonly string[] {
    const isJson = documents.map((text) => parseJson(text) !== undefined)
    const named = documents.map((text, i) => (isJson[i] ? replaceMembers(text, this.#replaceNamed) : text))
    // Split secrets come first: a fragment of a key may look like a complete key.
    const withoutSplit = this.#all.reduce<readonly string[]>(
      (texts, find) => redactSplit(texts, this.#shapes, find, this.#placeholderFor),
      named,
    )
    return withoutSplit.map((text, i) => (isJson[i] ? this.#json(text) : this.text(text)))
  }
}
