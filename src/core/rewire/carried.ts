import type { RecordedRequest } from '../cassette.ts'
import { splitTarget } from '../http.ts'
import { isJsonObject, type Json, parseJson } from '../json.ts'
import { isIdMember, WIDE_WORD, WORD } from './kinds.ts'

/** A string that a request carries. */
export interface Carried {
  readonly text: string
  /** Under a member that carries ids, in the path, in the query. */
  readonly isIdPlace: boolean
  /** Said by the model, by what the request tells of it. */
  readonly isAnswer: boolean
}

/** The strings of a request: segments of its path, values of its query, leaves of its body, JSON in strings. */
export function* carriedBy({ path: target, body }: RecordedRequest): Generator<Carried> {
  const { path, query } = splitTarget(target)
  for (const segment of path.split('/')) yield { text: decoded(segment), isIdPlace: true, isAnswer: false }
  for (const pair of query.split('&')) {
    const value = decoded(pair.slice(pair.indexOf('=') + 1))
    yield { text: value, isIdPlace: true, isAnswer: false }
  }
  if (body.kind === 'json') yield* leavesOf(parseJson(body.text) ?? null)
  if (body.kind === 'text') yield { text: body.text, isIdPlace: false, isAnswer: false }
  if (body.kind !== 'multipart') return
  for (const { name, content } of body.parts)
    if (content.kind === 'text')
      yield { text: content.text, isIdPlace: isIdMember(name.replace(/\[.*$/, '')), isAnswer: false }
}

/** Percent-decoded, where that can be. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

function* leavesOf(root: Json): Generator<Carried> {
  const todo: { readonly value: Json; readonly key: string; readonly isAnswer: boolean }[] = [
    { value: root, key: '', isAnswer: false },
  ]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const { value, key, isAnswer } = at
    if (typeof value === 'string') yield { text: value, isIdPlace: isIdMember(key), isAnswer }
    else if (Array.isArray(value)) {
      for (const item of (value as readonly Json[]).toReversed()) todo.push({ value: item, key, isAnswer })
    } else if (isJsonObject(value)) {
      const said = isSaidByModel(value) ?? isAnswer
      for (const [name, inner] of Object.entries(value).toReversed())
        todo.push({ value: inner, key: name, isAnswer: said })
    }
  }
}

/** Undefined where an object does not say. */
export function isSaidByModel(value: Json): boolean | undefined {
  if (!isJsonObject(value)) return undefined
  const { role, type } = value
  if (typeof role === 'string') return role === 'assistant'
  if (typeof type !== 'string') return undefined
  if (type.endsWith('_output') || type.startsWith('input_')) return false
  return /^(?:output_text|refusal|reasoning|summary_text|.+_call)$/.test(type) ? true : undefined
}

/** Where in a chain values are first and last carried, by request. */
export class CarriedIndex {
  readonly #any = new Map<string, Span>()
  readonly #idPlaces = new Map<string, Span>()
  readonly #answers = new Map<string, Span>()

  constructor(requests: readonly RecordedRequest[]) {
    for (const [n, request] of requests.entries()) {
      for (const { text, isIdPlace, isAnswer } of carriedBy(request)) {
        note(this.#any, text, n)
        if (isIdPlace) note(this.#idPlaces, text, n)
        if (isAnswer || text.length >= LONG) note(this.#answers, text, n)
        for (const pattern of [WORD, WIDE_WORD])
          for (const [word] of text.matchAll(pattern)) note(this.#any, word, n)
      }
    }
  }

  /** The first request that carries it, anywhere. */
  first(value: string): number {
    return this.#any.get(value)?.first ?? Infinity
  }

  /** The last request that carries it where a value of this kind can come from an answer; -1 for none. */
  last(value: string, kind: 'id' | 'name' | 'text'): number {
    const spans = kind === 'id' ? this.#any : kind === 'name' ? this.#idPlaces : this.#answers
    return spans.get(value)?.last ?? -1
  }
}

/** A shorter text may be one of the user's own by chance, in characters. */
export const LONG = 24

interface Span {
  readonly first: number
  readonly last: number
}

function note(spans: Map<string, Span>, value: string, n: number): void {
  spans.set(value, { first: spans.get(value)?.first ?? n, last: n })
}
