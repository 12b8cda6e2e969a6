import type { Interaction, RecordedRequest } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import { identify } from '../../openai/shapes.ts'
import type { AnswerRecord } from '../../api/answer.ts'
import type { RewireRules, ValueKind } from '../../api/rewire.ts'
import { isEchoOf } from './echo.ts'
import { locatedValues } from './locations.ts'
import type { AmongEquals } from './replacements.ts'
import { RequestValueIndex } from './request-value-index.ts'
import { jsonInside, LONG_TEXT, requestValues } from './request-values.ts'
import { ToolOutputs } from './tool-outputs.ts'

/** A value of a response that a later request contains, and that no earlier request contained. */
export interface NeededValue {
  readonly kind: ValueKind
  /** The value's locations in the response, the most reliable first. */
  readonly locations: readonly string[]
  /** The value is an entire string in the response or in a later request, not just a word in a longer one. */
  readonly isEntireString: boolean
}

/** A recorded chain: its responses, and the values in them that later requests contain. */
export class RecordedChain {
  readonly answers: readonly AnswerRecord[]
  readonly toolOutputs: ToolOutputs
  readonly #rules: RewireRules
  readonly #requests: readonly RecordedRequest[]
  readonly #fingerprints: readonly string[]
  readonly #needed: readonly ReadonlyMap<string, NeededValue>[]
  /** The strings of each request, read on demand. */
  #leaves: readonly (readonly string[])[] | undefined

  constructor(recorded: readonly Interaction[], rules: RewireRules) {
    this.#rules = rules
    this.#requests = recorded.map(({ request }) => request)
    this.answers = recorded.map(({ response }) => rules.readAnswer(response))
    this.#fingerprints = this.#requests.map((request) => identify(request).fingerprint)
    this.toolOutputs = new ToolOutputs(this.#requests, rules)
    this.#needed = this.#findNeeded(recorded)
  }

  #findNeeded(recorded: readonly Interaction[]): readonly ReadonlyMap<string, NeededValue>[] {
    const carried = new RequestValueIndex(this.#requests, this.#rules)
    const firstAnswer = new Map<string, number>()
    return recorded.map(({ response: { headers } }, n) => {
      const needed = new Map<string, { kind: ValueKind; locations: string[]; isEntireString: boolean }>()
      const values = locatedValues(this.answers[n] as AnswerRecord, headers, this.#rules)
      for (const { value, kind, location, isEntireString } of values) {
        if (carried.last(value, kind) <= n) continue
        const first = firstAnswer.get(value) ?? n
        firstAnswer.set(value, first)
        // A value that a request contained before any response did comes from the user.
        if (carried.first(value) <= first) continue
        const known = needed.get(value)
        if (known === undefined)
          needed.set(value, {
            kind,
            locations: [location],
            isEntireString: isEntireString || carried.lastAsEntireString(value) > n,
          })
        else {
          known.locations.push(location)
          known.isEntireString ||= isEntireString
        }
      }
      return needed
    })
  }

  /** All values that later requests need from these responses. */
  neededOf(answers: readonly number[]): ReadonlyMap<string, NeededValue> {
    return new Map(answers.flatMap((n) => [...(this.#needed[n] ?? [])]))
  }

  /** Whether a request after the nth retrieves the object that the nth response created. */
  isRetrievedAfter(n: number): boolean {
    const [document] = (this.answers[n] as AnswerRecord).documents
    const id = isJsonObject(document?.json) ? document.json['id'] : undefined
    return this.#requests
      .slice(n + 1)
      .some(({ method, path }) => method === 'GET' && splitTarget(path).path.split('/').includes(String(id)))
  }

  /** Whether a request after the nth sends an item of the nth response back. */
  isEchoedAfter(n: number): boolean {
    const items = (this.answers[n] as AnswerRecord).documents.flatMap((document) => document.items)
    const { identifyingMembers } = this.#rules
    return this.#requests.slice(n + 1).some(({ body }) => {
      const json = body.kind === 'json' ? parseJson(body.text) : undefined
      return (
        json !== undefined &&
        objectsIn(json).some((sent) => items.some((item) => isEchoOf(sent, item, identifyingMembers)))
      )
    })
  }

  /**
   * Whether a request after the nth quotes a text inside a longer text, and no earlier request does.
   * @param isReplaced whether the longer text is replaced entirely
   */
  isQuotedAfter(n: number, text: string, isReplaced: (leaf: string) => boolean): boolean {
    if (text.length < LONG_TEXT) return false
    this.#leaves ??= this.#requests.map((request) =>
      [...requestValues(request, this.#rules)]
        .map((each) => each.text)
        .filter((leaf) => jsonInside(leaf) === undefined),
    )
    const holds = (leaf: string): boolean => leaf.length > text.length && leaf.includes(text)
    const first = this.#leaves.findIndex((leaves) => leaves.some(holds))
    return first > n && this.#leaves.some((leaves) => leaves.some((leaf) => holds(leaf) && !isReplaced(leaf)))
  }

  amongEquals(n: number): AmongEquals {
    const equal = this.#fingerprints.filter((each) => each === this.#fingerprints[n])
    return { position: this.equalsBefore(n).length, count: equal.length }
  }

  /** The positions of earlier requests that are equal to the nth. */
  equalsBefore(n: number): readonly number[] {
    return this.#fingerprints.slice(0, n).flatMap((each, i) => (each === this.#fingerprints[n] ? [i] : []))
  }
}

function objectsIn(root: Json): JsonObject[] {
  const objects: JsonObject[] = []
  const todo: Json[] = [root]
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (isJsonObject(value)) objects.push(value)
    todo.push(...(Object.values(value) as Json[]))
  }
  return objects
}
