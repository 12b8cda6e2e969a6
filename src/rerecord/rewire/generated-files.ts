import { sha256 } from '../../http/bytes.ts'
import type { Interaction, FormPart, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import type { AnswerRecord } from '../../api/answer.ts'
import type { RewireRules } from '../../api/rewire.ts'
import { locatedValues } from './locations.ts'
import { requestValues, WIDE_WORD } from './request-values.ts'

export type FileContent = FormPart['content']

/**
 * Tracks files that responses contain and later requests send, such as speech to transcribe or an image to edit. Files
 * are recognised by their hash, as bytes or as base64.
 */
export class GeneratedFiles {
  readonly #rules: RewireRules
  /** By hash: the first and last request that sends the file. */
  readonly #sent = new Map<string, { readonly first: number; readonly last: number }>()
  readonly #fresh = new Map<string, FileContent>()

  constructor(recorded: readonly Interaction[], rules: RewireRules) {
    this.#rules = rules
    const hasFiles = recorded.some(({ response }) => hashOf(response.body) !== undefined)
    for (const [n, { request }] of recorded.entries()) {
      for (const hash of [...hashesIn(request), ...(hasFiles ? base64HashesIn(request, rules) : [])])
        this.#sent.set(hash, { first: this.#sent.get(hash)?.first ?? n, last: n })
    }
  }

  /**
   * Remembers the files in the new response to the nth request.
   * @param at returns the new response's value at a location
   * @returns whether the response has all files that later requests send
   */
  learn(
    n: number,
    before: RecordedAnswer,
    fresh: RecordedResponse,
    at: (location: string) => string | undefined,
  ): boolean {
    let isComplete = true
    for (const { hash, location } of this.#neededOf(n, before)) {
      const now = location === undefined ? fileOf(fresh) : decodedFile(at(location))
      if (now === undefined) isComplete = false
      else this.#fresh.set(hash, now)
    }
    return isComplete
  }

  *#neededOf(
    n: number,
    { answer, response }: RecordedAnswer,
  ): Generator<{ hash: string; location?: string }> {
    if (this.#sent.size === 0) return
    const isNeeded = (hash: string | undefined): hash is string => {
      const span = hash === undefined ? undefined : this.#sent.get(hash)
      return span !== undefined && span.first > n
    }
    const own = hashOf(response.body)
    if (isNeeded(own)) yield { hash: own }
    for (const { value, location } of locatedValues(answer, [], this.#rules)) {
      const content = decodedFile(value)
      const hash = content && hashOf(content)
      if (isNeeded(hash)) yield { hash, location }
    }
  }

  /** The new file that replaces a recorded one; undefined if there is none. */
  replacement(content: FileContent): FileContent | undefined {
    const hash = this.#fresh.size === 0 ? undefined : hashOf(content)
    const now = hash === undefined ? undefined : this.#fresh.get(hash)
    return now === undefined || hashOf(now) === hash ? undefined : now
  }

  /** The new base64 that replaces a recorded one; undefined if there is none. */
  base64Replacement(word: string): string | undefined {
    const content = this.#fresh.size === 0 ? undefined : decodedFile(word)
    const now = content && this.replacement(content)
    return now?.kind === 'binary' ? Buffer.from(now.bytes).toString('base64') : undefined
  }
}

export interface RecordedAnswer {
  readonly answer: AnswerRecord
  readonly response: RecordedResponse
}

function hashOf(
  content: RecordedResponse['body'] | RecordedRequest['body'] | FileContent,
): string | undefined {
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

function* base64HashesIn(request: RecordedRequest, rules: RewireRules): Generator<string> {
  for (const { text } of requestValues(request, rules)) {
    for (const [word] of text.matchAll(WIDE_WORD)) {
      const content = decodedFile(word)
      const hash = content && hashOf(content)
      if (hash !== undefined) yield hash
    }
  }
}

function fileOf({ body }: RecordedResponse): FileContent | undefined {
  return body.kind === 'binary' || body.kind === 'blob' ? body : undefined
}

/** Minimum length of base64 that counts as a file, in characters. */
const MIN_BASE64 = 64

/** Undefined if the text is not base64. */
function decodedFile(text: string | undefined): FileContent | undefined {
  if (text === undefined || text.length < MIN_BASE64 || text.length % 4 !== 0) return undefined
  return /[^A-Za-z0-9+/=]/.test(text) ? undefined : { kind: 'binary', bytes: Buffer.from(text, 'base64') }
}
