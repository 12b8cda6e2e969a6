import type { AnswerRecord } from '../../api/answer.ts'
import type { RewireRules, ValueKind } from '../../api/rewire.ts'
import type { RecordedResponse } from '../../cassette/cassette.ts'
import type { Headers } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { jsonInside, WORD } from './request-values.ts'

/** A value of a response, and its location. */
export interface LocatedValue {
  readonly value: string
  readonly kind: ValueKind
  /** A path of members. List items are numbered per type: `output[message 0]`. */
  readonly location: string
  /** The value is an entire string, not a word in a longer one. */
  readonly isEntireString: boolean
}

/** The values of a new response, by location. */
export class LocationIndex {
  readonly #byLocation = new Map<string, string>()
  readonly #values = new Set<string>()

  constructor(answer: AnswerRecord, { headers }: RecordedResponse, rules: RewireRules) {
    for (const { value, location } of locatedValues(answer, headers, rules)) {
      this.#values.add(value)
      if (!this.#byLocation.has(location)) this.#byLocation.set(location, value)
    }
  }

  has(value: string): boolean {
    return this.#values.has(value)
  }

  /** The value at the first of these locations that the response has. */
  at(locations: readonly string[]): string | undefined {
    const location = locations.find((each) => this.#byLocation.has(each))
    return location === undefined ? undefined : this.#byLocation.get(location)
  }
}

/** All values of a response, the most reliable locations first. */
export function* locatedValues(
  answer: AnswerRecord,
  headers: Headers,
  rules: RewireRules,
): Generator<LocatedValue> {
  for (const { source, json } of answer.documents) yield* valuesIn(json, source, rules)
  for (const [name, value] of headers) {
    if (/location/.test(name)) yield* idInLocationHeader(value, name, rules)
    else yield* idsInText(value, name, rules)
  }
}

/** Yields values in document order. Iterative, so that deeply nested JSON does not overflow the stack. */
function* valuesIn(root: Json, source: string, rules: RewireRules): Generator<LocatedValue> {
  const todo: { readonly value: Json; readonly key: string; readonly location: string }[] = [
    { value: root, key: '', location: source },
  ]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const { value, key, location } = at
    if (typeof value === 'string') {
      const kind = rules.valueKind(value, key)
      yield { value, kind, location, isEntireString: true }
      if (kind !== 'text') continue
      yield* idsInText(value, location, rules)
      yield* targetOfUrl(value, location)
      const inner = jsonInside(value)
      if (inner !== undefined) todo.push({ value: inner, key, location: `${location}{}` })
    } else if (Array.isArray(value)) {
      const items = value as readonly Json[]
      const labels = itemLabels(items)
      for (let i = items.length - 1; i >= 0; i--)
        todo.push({ value: items[i] as Json, key, location: `${location}[${labels[i]}]` })
    } else if (isJsonObject(value)) {
      const isModel = rules.isModel(value)
      for (const [i, [name, inner]] of [...Object.entries(value).entries()].toReversed()) {
        const isGenerated = rules.isGenerated(name)
        if (isGenerated)
          yield { value: name, kind: 'id', location: `${location}.[${i}]`, isEntireString: true }
        if (isModel && name === 'id') continue
        const member = isGenerated ? String(i) : name
        todo.push({ value: inner, key: name, location: `${location}.${member}` })
      }
    }
  }
}

/** Labels each item with its type and its index among the items of that type: `message 0`. */
export function itemLabels(items: readonly Json[]): string[] {
  const counts = new Map<string, number>()
  return items.map((item) => {
    const type = isJsonObject(item) ? itemType(item) : ''
    const count = counts.get(type) ?? 0
    counts.set(type, count + 1)
    return `${type} ${count}`
  })
}

export function itemType({ type, object, role }: JsonObject): string {
  return String([type, object, role].find((each) => typeof each === 'string') ?? 'item')
}

function* idsInText(text: string, location: string, rules: RewireRules): Generator<LocatedValue> {
  let ordinal = 0
  for (const [word] of text.matchAll(WORD))
    if (rules.isGenerated(word))
      yield { value: word, kind: 'id', location: `${location}~${ordinal++}`, isEntireString: false }
}

/** Yields the path and query of a URL, as clients may fetch it. */
function* targetOfUrl(text: string, location: string): Generator<LocatedValue> {
  const target = /^https?:\/\/[^/\s]+(\/[^\s#]+\?[^\s#]+)/.exec(text)?.[1]
  if (target !== undefined)
    yield { value: target, kind: 'name', location: `${location}/`, isEntireString: true }
}

/** A `location` header ends with the id of the created object, whatever the id looks like. */
function* idInLocationHeader(target: string, name: string, rules: RewireRules): Generator<LocatedValue> {
  const last = target.split('?')[0]?.split('/').at(-1) ?? ''
  const kind = rules.isGenerated(last) ? 'id' : 'name'
  if (last !== '') yield { value: last, kind, location: name, isEntireString: true }
  yield* idsInText(target, name, rules)
}
