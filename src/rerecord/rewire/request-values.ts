import type { RewireRules } from '../../api/rewire.ts'
import type { RecordedRequest } from '../../cassette/cassette.ts'
import { percentDecoded, splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, parseJson } from '../../json/json.ts'

/** A string in a request. */
export interface RequestValue {
  readonly text: string
  /** The string is in a member that holds ids, in the path or in the query. */
  readonly isIdField: boolean
  /** The request marks the string as written by the model, such as by the role `assistant`. */
  readonly isModelOutput: boolean
}

/** Words that may be ids: WORD as in prose and paths, WIDE_WORD also with the characters of base64. */
export const WORD = /[A-Za-z0-9_-]{8,}/g
export const WIDE_WORD = /[A-Za-z0-9_\-+/=:.]{8,}/g

/** In characters. A user is unlikely to write the same text of this length by chance. */
export const LONG_TEXT = 24

/**
 * The strings of a request: the segments of its path, the values of its query, the strings in its body including JSON
 * inside strings, and member names that are ids.
 */
export function* requestValues(
  { path: target, body }: RecordedRequest,
  rules: RewireRules,
): Generator<RequestValue> {
  const { path, query } = splitTarget(target)
  const targetValue = (text: string): RequestValue => ({ text, isIdField: true, isModelOutput: false })
  if (query !== '') yield targetValue(target)
  for (const segment of path.split('/')) yield targetValue(percentDecoded(segment))
  for (const pair of query.split('&')) yield targetValue(percentDecoded(pair.slice(pair.indexOf('=') + 1)))
  if (body.kind === 'json') yield* leavesOf(parseJson(body.text) ?? null, rules)
  if (body.kind === 'text') yield* leavesOf(body.text, rules)
  if (body.kind !== 'multipart') return
  for (const { name, content } of body.parts)
    if (content.kind === 'text') yield* leavesOf(content.text, rules, fieldName(name))
}

/** The name of a form field without a list's `[]` or `[0]`. */
export function fieldName(name: string): string {
  return name.replace(/\[.*$/, '')
}

/** Iterative, so that deeply nested JSON does not overflow the stack. */
function* leavesOf(root: Json, rules: RewireRules, member = ''): Generator<RequestValue> {
  const todo: { readonly value: Json; readonly key: string; readonly isModelOutput: boolean }[] = [
    { value: root, key: member, isModelOutput: false },
  ]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const { value, key, isModelOutput } = at
    if (typeof value === 'string') {
      yield { text: value, isIdField: rules.isIdMember(key), isModelOutput }
      const inner = jsonInside(value)
      if (inner !== undefined) todo.push({ value: inner, key: '', isModelOutput })
    } else if (Array.isArray(value)) {
      for (const item of (value as readonly Json[]).toReversed())
        todo.push({ value: item, key, isModelOutput })
    } else if (isJsonObject(value)) {
      const isOutput = rules.isModelOutput(value) ?? isModelOutput
      for (const [name, inner] of Object.entries(value).toReversed()) {
        if (rules.isGenerated(name)) yield { text: name, isIdField: false, isModelOutput: false }
        todo.push({ value: inner, key: name, isModelOutput: isOutput })
      }
    }
  }
}

/** Parses a string that contains a JSON object or list; undefined for any other text. */
export function jsonInside(text: string): Json | undefined {
  const json = /^\s*[[{]/.test(text) ? parseJson(text) : undefined
  return typeof json === 'object' && json !== null ? json : undefined
}
