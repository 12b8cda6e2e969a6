import type { Interaction, RecordedRequest } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import { identify } from '../../openai/shapes.ts'
import type { Answer, ReadAnswer } from '../../api/answer.ts'
import { carriedBy, jsonIn } from './carried.ts'
import { CarriedIndex, LONG } from './carried-index.ts'
import { isEchoOf } from './echo.ts'
import type { Kind } from './kinds.ts'
import { Outputs } from './outputs.ts'
import { placesIn } from './places.ts'

/** A value of an answer that a later request carries, and that no request carried before an answer told it. */
export interface Needed {
  readonly kind: Kind
  /** Where it stands in the answer, the surest place first. */
  readonly places: readonly string[]
  /** A later request carries it by itself, or the answer does: it is no word of a text that is carried. */
  readonly isWhole: boolean
}

/** A recorded chain: what its answers tell, and what of it later requests carry. */
export class Chain {
  readonly answers: readonly Answer[]
  readonly outputs: Outputs
  readonly #requests: readonly RecordedRequest[]
  readonly #fingerprints: readonly string[]
  readonly #needed: readonly ReadonlyMap<string, Needed>[]
  /** The strings of each request, put down when they are first needed. */
  #leaves: readonly (readonly string[])[] | undefined

  constructor(recorded: readonly Interaction[], read: ReadAnswer) {
    this.#requests = recorded.map(({ request }) => request)
    this.answers = recorded.map(({ response }) => read(response))
    this.#fingerprints = this.#requests.map((request) => identify(request).fingerprint)
    this.outputs = new Outputs(this.#requests)
    const carried = new CarriedIndex(this.#requests)
    const firstTold = new Map<string, number>()
    this.#needed = recorded.map(({ response }, n) => {
      const needed = new Map<string, { kind: Kind; places: string[]; isWhole: boolean }>()
      for (const { value, kind, place, isWhole } of placesIn(this.answers[n] as Answer, response.headers)) {
        if (carried.last(value, kind) <= n) continue
        const told = firstTold.get(value) ?? n
        firstTold.set(value, told)
        // It was in a request before: the user's own.
        if (carried.first(value) <= told) continue
        const known = needed.get(value)
        if (known === undefined)
          needed.set(value, { kind, places: [place], isWhole: isWhole || carried.lastWhole(value) > n })
        else {
          known.places.push(place)
          known.isWhole ||= isWhole
        }
      }
      return needed
    })
  }

  /** By value, of these answers together. */
  neededOf(answers: readonly number[]): ReadonlyMap<string, Needed> {
    return new Map(answers.flatMap((n) => [...(this.#needed[n] ?? [])]))
  }

  /** Whether a request behind the nth looks up what its answer made. */
  isAskedAfter(n: number): boolean {
    const [told] = (this.answers[n] as Answer).parts
    const id = isJsonObject(told?.json) ? told.json['id'] : undefined
    return this.#requests
      .slice(n + 1)
      .some(({ method, path }) => method === 'GET' && splitTarget(path).path.split('/').includes(String(id)))
  }

  /** Whether a request behind the nth sends a whole item of the nth answer back. */
  echoes(n: number): boolean {
    const items = (this.answers[n] as Answer).parts.flatMap((told) => told.items)
    return this.#requests.slice(n + 1).some(({ body }) => {
      const json = body.kind === 'json' ? parseJson(body.text) : undefined
      return json !== undefined && objectsIn(json).some((sent) => items.some((item) => isEchoOf(sent, item)))
    })
  }

  /**
   * Whether a request behind the nth has this text inside a longer one, and none before has.
   * @param isRewired whether the longer one is replaced as a whole
   */
  quotes(text: string, n: number, isRewired: (leaf: string) => boolean): boolean {
    if (text.length < LONG) return false
    this.#leaves ??= this.#requests.map((request) =>
      [...carriedBy(request)].map((each) => each.text).filter((leaf) => jsonIn(leaf) === undefined),
    )
    const holds = (leaf: string): boolean => leaf.length > text.length && leaf.includes(text)
    const first = this.#leaves.findIndex((leaves) => leaves.some(holds))
    return first > n && this.#leaves.some((leaves) => leaves.some((leaf) => holds(leaf) && !isRewired(leaf)))
  }

  /** The place of a request among those that equal it, and how many there are. */
  amongEquals(n: number): { readonly nth: number; readonly of: number } {
    const same = this.#fingerprints.filter((each) => each === this.#fingerprints[n])
    return { nth: this.equalsBefore(n).length, of: same.length }
  }

  equalsBefore(n: number): readonly number[] {
    return this.#fingerprints.slice(0, n).flatMap((each, i) => (each === this.#fingerprints[n] ? [i] : []))
  }
}

function objectsIn(root: Json): JsonObject[] {
  const found: JsonObject[] = []
  const todo: Json[] = [root]
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (isJsonObject(value)) found.push(value)
    todo.push(...(Object.values(value) as Json[]))
  }
  return found
}
