import type { RecordedRequest } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, parseJson } from '../../json/json.ts'
import { isIdMember, isMintedWord } from './kinds.ts'

/** A string that a request carries. */
export interface Carried {
  readonly text: string
  /** Under a member that carries ids, in the path, in the query. */
  readonly isIdPlace: boolean
  /** Said by the model, by what the request tells of it. */
  readonly isAnswer: boolean
}

/** The strings of a request: segments of its path, values of its query, leaves of its body, JSON in strings, members named by ids. */
export function* carriedBy({ path: target, body }: RecordedRequest): Generator<Carried> {
  const { path, query } = splitTarget(target)
  if (query !== '') yield { text: target, isIdPlace: true, isAnswer: false }
  for (const segment of path.split('/')) yield { text: decoded(segment), isIdPlace: true, isAnswer: false }
  for (const pair of query.split('&')) {
    const value = decoded(pair.slice(pair.indexOf('=') + 1))
    yield { text: value, isIdPlace: true, isAnswer: false }
  }
  if (body.kind === 'json') yield* leavesOf(parseJson(body.text) ?? null)
  if (body.kind === 'text') yield* leavesOf(body.text)
  if (body.kind !== 'multipart') return
  for (const { name, content } of body.parts)
    if (content.kind === 'text') yield* leavesOf(content.text, name.replace(/\[.*$/, ''))
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

function* leavesOf(root: Json, member = ''): Generator<Carried> {
  const todo: { readonly value: Json; readonly key: string; readonly isAnswer: boolean }[] = [
    { value: root, key: member, isAnswer: false },
  ]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const { value, key, isAnswer } = at
    if (typeof value === 'string') {
      yield { text: value, isIdPlace: isIdMember(key), isAnswer }
      const inner = jsonIn(value)
      if (inner !== undefined) todo.push({ value: inner, key: '', isAnswer })
    } else if (Array.isArray(value)) {
      for (const item of (value as readonly Json[]).toReversed()) todo.push({ value: item, key, isAnswer })
    } else if (isJsonObject(value)) {
      const said = isSaidByModel(value) ?? isAnswer
      for (const [name, inner] of Object.entries(value).toReversed()) {
        if (isMintedWord(name)) yield { text: name, isIdPlace: false, isAnswer: false }
        todo.push({ value: inner, key: name, isAnswer: said })
      }
    }
  }
}

/** What a string spells that is JSON itself; undefined where it is none. */
export function jsonIn(text: string): Json | undefined {
  const json = /^\s*[[{]/.test(text) ? parseJson(text) : undefined
  return typeof json === 'object' && json !== null ? json : undefined
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
