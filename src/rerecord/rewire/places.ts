import type { Headers } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import type { Answer } from '../../api/answer.ts'
import { jsonIn } from './carried.ts'
import { isMintedWord, type Kind, kindOf, WORD } from './kinds.ts'

/** A value of an answer, and where it stands. */
export interface Placed {
  readonly value: string
  readonly kind: Kind
  /** By members, and by what items of lists are and which of their kind: not by their index. */
  readonly place: string
  /** It is all that stands there, and no word of a text. */
  readonly isWhole: boolean
}

/** All that an answer says, the surest places first. */
export function* placesIn(answer: Answer, headers: Headers): Generator<Placed> {
  for (const { source, json } of answer.parts) yield* placesOf(json, source)
  for (const [name, value] of headers) {
    if (/location/.test(name)) yield* inTarget(value, name)
    else yield* words(value, name)
  }
}

/** Iterative, so that depth is no limit; in the order of the document. */
function* placesOf(root: Json, from: string): Generator<Placed> {
  const todo: { readonly value: Json; readonly key: string; readonly place: string }[] = [
    { value: root, key: '', place: from },
  ]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const { value, key, place } = at
    if (typeof value === 'string') {
      const kind = kindOf(value, key)
      yield { value, kind, place, isWhole: true }
      if (kind !== 'text') continue
      yield* words(value, place)
      yield* targetOf(value, place)
      const inner = jsonIn(value)
      if (inner !== undefined) todo.push({ value: inner, key, place: `${place}{}` })
    } else if (Array.isArray(value)) {
      const items = value as readonly Json[]
      const labels = labelsOf(items)
      for (let i = items.length - 1; i >= 0; i--)
        todo.push({ value: items[i] as Json, key, place: `${place}[${labels[i]}]` })
    } else if (isJsonObject(value)) {
      const isModel = isAModel(value)
      for (const [i, [name, inner]] of [...Object.entries(value).entries()].toReversed()) {
        const isMade = isMintedWord(name)
        if (isMade) yield { value: name, kind: 'id', place: `${place}.[${i}]`, isWhole: true }
        if (isModel && name === 'id') continue
        todo.push({ value: inner, key: name, place: isMade ? `${place}.${i}` : `${place}.${name}` })
      }
    }
  }
}

/** A model's id is its name. */
function isAModel(value: JsonObject): boolean {
  return value['object'] === 'model' || 'owned_by' in value || 'context_length' in value
}

/** What each item is, and which of its kind. */
export function labelsOf(items: readonly Json[]): string[] {
  const counts = new Map<string, number>()
  return items.map((item) => {
    const kind = isJsonObject(item) ? kindOfItem(item) : ''
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    return `${kind} ${count}`
  })
}

export function kindOfItem(item: JsonObject): string {
  const { type, object, role } = item
  const kind = [type, object, role].find((each) => typeof each === 'string') ?? 'item'
  return String(kind)
}

function* words(text: string, place: string): Generator<Placed> {
  let ordinal = 0
  for (const [word] of text.matchAll(WORD))
    if (isMintedWord(word)) yield { value: word, kind: 'id', place: `${place}~${ordinal++}`, isWhole: false }
}

/** The path and query of an address that was made for this answer: clients fetch from there. */
function* targetOf(text: string, place: string): Generator<Placed> {
  const target = /^https?:\/\/[^/\s]+(\/[^\s#]+\?[^\s#]+)/.exec(text)?.[1]
  if (target !== undefined) yield { value: target, kind: 'name', place: `${place}/`, isWhole: true }
}

/** A `location` ends with the id of what was made, whatever it looks like. */
function* inTarget(target: string, name: string): Generator<Placed> {
  const last = target.split('?')[0]?.split('/').at(-1) ?? ''
  if (last !== '') yield { value: last, kind: isMintedWord(last) ? 'id' : 'name', place: name, isWhole: true }
  yield* words(target, name)
}
