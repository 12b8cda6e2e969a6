import { isJsonType, readRequestBody } from '../../cassette/bodies/body.ts'
import type { RecordedRequest, RequestBody } from '../../cassette/cassette.ts'
import type { Dialect } from '../../api/dialect.ts'
import { type Headers, headerValue, type HttpRequest, type OutgoingRequest } from '../../http/message.ts'
import { bytesOf, type LargeBody } from '../../http/large.ts'
import { type Identify, identifyBy, type Identity } from '../../match/identity.ts'
import type { Redactor } from '../../redact/redactor.ts'
import { decodedBody, isCoded } from './request-coding.ts'
import { readLargeBody, type SpooledBlobs } from './spool.ts'

/** A redacted request, as it is recorded, and its fingerprint. */
export interface ReadRequest {
  readonly recorded: RecordedRequest
  readonly identity: Identity
}

export type LargeRequest = OutgoingRequest & { readonly body: LargeBody }

/** Longer bodies are not cached. */
const MAX_REMEMBERED_BYTES = 32 * 1024

const MAX_REMEMBERED = 500

/** Reads requests for the sessions of a library. Equal requests are common (polls, retries, parallel runs), so they are cached. */
export class RequestReader {
  readonly #redactor: Redactor
  readonly #identify: Identify
  readonly #counted: ReadonlySet<string>
  readonly #remembered = new Map<string, ReadRequest>()
  /** The redactor's version of the cache. A newer version may know a secret that the cache still contains. */
  #knowledge = 0

  /** @param headers the headers to compare, in addition to those that the dialect defines */
  constructor(
    redactor: Redactor,
    dialect: Dialect,
    identify: Identify = identifyBy(dialect.shapes.secrets.placeholders),
    headers: readonly string[] = [],
  ) {
    this.#redactor = redactor
    this.#identify = identify
    this.#counted = new Set([
      ...dialect.requests.meaningfulHeaders,
      ...headers.map((name) => name.toLowerCase()),
    ])
  }

  read(request: HttpRequest): ReadRequest {
    this.#redactor.learnFromRequest(request.headers)
    const headers = this.#recordedHeaders(request)
    if (request.body.length > MAX_REMEMBERED_BYTES) return this.#readAnew(request, headers)
    if (this.#redactor.knowledge !== this.#knowledge || this.#remembered.size >= MAX_REMEMBERED)
      this.#remembered.clear()
    this.#knowledge = this.#redactor.knowledge
    const key = keyOf(request, headers)
    const known = this.#remembered.get(key)
    if (known !== undefined) return known
    const read = this.#readAnew(request, headers)
    this.#remembered.set(key, read)
    return read
  }

  /**
   * Reads a request whose body is too large for memory. JSON is held in memory all the same, because it is
   * compared member by member. Compressed bodies are held too.
   * @param spooled receives the content of files
   */
  async readLarge(request: LargeRequest, spooled: SpooledBlobs): Promise<ReadRequest> {
    const { headers, body } = request
    const type = headerValue(headers, 'content-type')
    if (isJsonType(type) || isCoded(headers)) {
      const read = this.read({ ...request, body: await bytesOf(body) })
      // A body without a content type may be JSON.
      if (read.recorded.body.kind === 'json' || isCoded(headers)) return read
    }
    this.#redactor.learnFromRequest(headers)
    return this.#identified(request, this.#recordedHeaders(request), await readLargeBody(body, type, spooled))
  }

  /** Reads a WebSocket's handshake, a GET that must not match a plain GET. */
  readHandshake(request: HttpRequest): ReadRequest {
    const { recorded } = this.read({ ...request, method: 'GET', body: new Uint8Array(0) })
    const handshake = { ...recorded, headers: [['upgrade', 'websocket'] as const, ...recorded.headers] }
    return { recorded: handshake, identity: this.#identify(handshake) }
  }

  /** Computes the identity of a frame after a handshake. */
  get identify(): Identify {
    return this.#identify
  }

  #readAnew(request: HttpRequest, headers: Headers): ReadRequest {
    const type = headerValue(request.headers, 'content-type')
    return this.#identified(request, headers, readRequestBody(decodedBody(request), type))
  }

  #identified({ method, target: path }: OutgoingRequest, headers: Headers, body: RequestBody): ReadRequest {
    const recorded = this.#redactor.request({ method, path, headers, body })
    return { recorded, identity: this.#identify(recorded) }
  }

  #recordedHeaders(request: OutgoingRequest): Headers {
    const type = headerValue(request.headers, 'content-type')
    const { body } = request
    const typeIsImplied =
      type === undefined ||
      (ArrayBuffer.isView(body) && body.length === 0) ||
      /[/+]json\b|^multipart\/form-data/i.test(type)
    return request.headers.filter(
      ([name]) => this.#counted.has(name) || (name === 'content-type' && !typeIsImplied),
    )
  }
}

/** The cache key: everything that the result depends on. */
function keyOf({ method, target, headers, body }: HttpRequest, recorded: Headers): string {
  const type = headerValue(headers, 'content-type') ?? null
  const coding = headerValue(headers, 'content-encoding') ?? null
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
  return `${JSON.stringify([method, target, type, coding, recorded])}${bytes}`
}
