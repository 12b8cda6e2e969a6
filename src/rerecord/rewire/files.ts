import { sha256 } from '../../http/bytes.ts'
import type { Interaction, Part, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import type { Answer } from '../../api/answer.ts'
import { carriedBy } from './carried.ts'
import { WIDE_WORD } from './kinds.ts'
import { placesIn } from './places.ts'

export type Content = Part['content']

/**
 * Files that answers made and later requests carry: speech that is sent to be transcribed, an image that is sent to
 * be edited. They are known by their hash, whether they stand as bytes or as base64.
 */
export class Files {
  /** By hash, where in the chain it is first and last carried. */
  readonly #carried = new Map<string, { readonly first: number; readonly last: number }>()
  readonly #fresh = new Map<string, Content>()

  constructor(recorded: readonly Interaction[]) {
    const made = recorded.some(({ response }) => hashOf(response.body) !== undefined)
    for (const [n, { request }] of recorded.entries()) {
      for (const hash of [...hashesIn(request), ...(made ? base64In(request) : [])])
        this.#carried.set(hash, { first: this.#carried.get(hash)?.first ?? n, last: n })
    }
  }

  /**
   * @param at what a new answer has at a place
   * @returns whether all that later requests carry is there
   */
  learn(
    n: number,
    before: Recorded,
    fresh: RecordedResponse,
    at: (place: string) => string | undefined,
  ): boolean {
    let isWhole = true
    for (const { hash, place } of this.#neededOf(n, before)) {
      const now = place === undefined ? contentOf(fresh) : decodedContent(at(place))
      if (now === undefined) isWhole = false
      else this.#fresh.set(hash, now)
    }
    return isWhole
  }

  *#neededOf(n: number, { answer, response }: Recorded): Generator<{ hash: string; place?: string }> {
    if (this.#carried.size === 0) return
    const isNeeded = (hash: string | undefined): hash is string => {
      const span = hash === undefined ? undefined : this.#carried.get(hash)
      return span !== undefined && span.first > n
    }
    const own = hashOf(response.body)
    if (isNeeded(own)) yield { hash: own }
    for (const { value, place } of placesIn(answer, [])) {
      const content = decodedContent(value)
      const hash = content && hashOf(content)
      if (isNeeded(hash)) yield { hash, place }
    }
  }

  /** What is sent in the place of a file; undefined where it stands for itself. */
  file(content: Content): Content | undefined {
    const hash = this.#fresh.size === 0 ? undefined : hashOf(content)
    const now = hash === undefined ? undefined : this.#fresh.get(hash)
    return now === undefined || hashOf(now) === hash ? undefined : now
  }

  /** The same for one that stands as base64. */
  base64(word: string): string | undefined {
    const content = this.#fresh.size === 0 ? undefined : decodedContent(word)
    const now = content && this.file(content)
    return now?.kind === 'binary' ? Buffer.from(now.bytes).toString('base64') : undefined
  }
}

/** A recorded answer, and what it tells. */
export interface Recorded {
  readonly answer: Answer
  readonly response: RecordedResponse
}

function hashOf(content: RecordedResponse['body'] | RecordedRequest['body'] | Content): string | undefined {
  if (content.kind === 'binary') return sha256(content.bytes)
  return content.kind === 'blob' ? content.sha256 : undefined
}

function* hashesIn({ body }: RecordedRequest): Generator<string> {
  const contents = body.kind === 'multipart' ? body.parts.map(({ content }) => content) : [body]
  for (const content of contents) {
    const hash = hashOf(content)
    if (hash !== undefined) yield hash
  }
}

function* base64In(request: RecordedRequest): Generator<string> {
  for (const { text } of carriedBy(request)) {
    for (const [word] of text.matchAll(WIDE_WORD)) {
      const content = decodedContent(word)
      const hash = content && hashOf(content)
      if (hash !== undefined) yield hash
    }
  }
}

function contentOf({ body }: RecordedResponse): Content | undefined {
  return body.kind === 'binary' || body.kind === 'blob' ? body : undefined
}

/** Shorter base64 is no file, in characters. */
const SHORTEST = 64

/** Undefined for what is no base64. */
function decodedContent(text: string | undefined): Content | undefined {
  if (text === undefined || text.length < SHORTEST || text.length % 4 !== 0) return undefined
  return /[^A-Za-z0-9+/=]/.test(text) ? undefined : { kind: 'binary', bytes: Buffer.from(text, 'base64') }
}
