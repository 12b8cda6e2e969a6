import type { Interaction, RecordedRequest, RecordedResponse } from '../cassette.ts'
import type { Answer, ReadAnswer } from './answer.ts'
import { CarriedIndex } from './carried.ts'
import { type Divergence, divergenceOf } from './divergence.ts'
import { isEchoOf, echoed, type ItemPair } from './echo.ts'
import type { Kind } from './kinds.ts'
import { Outputs } from './outputs.ts'
import { kindOfItem, placesIn } from './places.ts'
import { substituted } from './substitute.ts'

/** What was replaced, by kind, over all requests so far. */
export interface Counts {
  readonly ids: number
  readonly names: number
  readonly texts: number
  readonly items: number
}

/**
 * Sends a recorded chain again: what the API made in earlier answers, and later requests carry, is taken from the
 * new answers. What a request carried before an answer told it is the user's own and is never touched.
 *
 * @example
 * const rewirer = new Rewirer(cassette.interactions, readAnswer)
 * for (const n of cassette.interactions.keys()) {
 *   const divergence = rewirer.learn(n, await send(rewirer.request(n)))
 *   if (divergence !== undefined) throw new Error(divergence.message)
 * }
 */
export class Rewirer {
  readonly #recorded: readonly Interaction[]
  readonly #read: ReadAnswer
  readonly #carried: CarriedIndex
  readonly #outputs: Outputs
  readonly #answers: (Answer | undefined)[] = []
  readonly #ids = new Map<string, string>()
  readonly #names = new Map<string, string[]>()
  readonly #texts = new Map<string, string[]>()
  readonly #items: ItemPair[] = []
  readonly #counts = { ids: 0, names: 0, texts: 0, items: 0 }

  constructor(recorded: readonly Interaction[], read: ReadAnswer) {
    this.#recorded = recorded
    this.#read = read
    const requests = recorded.map(({ request }) => request)
    this.#carried = new CarriedIndex(requests)
    this.#outputs = new Outputs(requests)
  }

  get counts(): Counts {
    return this.#counts
  }

  /** The recorded request as it is to be sent now. */
  request(n: number): RecordedRequest {
    const counts = this.#counts
    return substituted((this.#recorded[n] as Interaction).request, {
      id: (word) => counted(this.#ids.get(word), () => counts.ids++),
      name: (value) => counted(this.#names.get(value)?.at(-1), () => counts.names++),
      text: (value) => counted(this.#texts.get(value)?.at(-1), () => counts.texts++),
      item: (value) => {
        const pair = this.#items.findLast(({ recorded }) => isEchoOf(value, recorded))
        return pair && counted(echoed(value, pair), () => counts.items++)
      },
    })
  }

  /**
   * Takes the new answer to a recorded request.
   * @returns why the chain cannot go on; undefined where it can
   */
  learn(n: number, fresh: RecordedResponse): Divergence | undefined {
    const { response } = this.#recorded[n] as Interaction
    if (fresh.status !== response.status) return otherStatus(response, fresh)
    const recorded = this.#answerOf(n)
    const answer = this.#read(fresh)
    const needed = this.#needed(n)
    const missing = this.#learnValues(needed, answer, fresh)
    this.#learnItems(recorded, answer)
    return divergenceOf(recorded, answer, {
      carries: (value) => needed.has(value),
      answersCall: (call) => this.#outputs.answers(call, n),
      missing,
    })
  }

  /** Whether an interaction only asks whether something is done, and another one just like it follows at once. */
  isPoll(n: number): boolean {
    const [one, next] = [this.#recorded[n], this.#recorded[n + 1]]
    if (one === undefined || next === undefined || one.request.method !== 'GET') return false
    const isSame = next.request.method === 'GET' && next.request.path === one.request.path
    return isSame && (this.#answerOf(n).isPending || one.response.status === 404)
  }

  #answerOf(n: number): Answer {
    return (this.#answers[n] ??= this.#read((this.#recorded[n] as Interaction).response))
  }

  /** Values of a recorded answer that later requests carry and no earlier one did, with their places. */
  #needed(n: number): Map<string, Needed> {
    const needed = new Map<string, Needed>()
    const { response } = this.#recorded[n] as Interaction
    for (const { value, kind, place } of placesIn(this.#answerOf(n), response.headers)) {
      const known = needed.get(value)
      if (known !== undefined) known.places.push(place)
      else if (this.#carried.last(value, kind) > n && this.#carried.first(value) > n)
        needed.set(value, { kind, places: [place] })
    }
    return needed
  }

  /** @returns what is needed and has nothing in its place */
  #learnValues(needed: ReadonlyMap<string, Needed>, answer: Answer, fresh: RecordedResponse): string[] {
    const now = new Map<string, string>()
    const values = new Set<string>()
    for (const { value, place } of placesIn(answer, fresh.headers)) {
      values.add(value)
      if (!now.has(place)) now.set(place, value)
    }
    const missing: string[] = []
    for (const [value, { kind, places }] of needed) {
      // What is still there stands for itself: a list may have another order.
      const found = values.has(value) ? value : now.get(places.find((place) => now.has(place)) ?? '')
      if (kind === 'id') {
        if (found !== undefined) this.#ids.set(value, this.#ids.get(value) ?? found)
        else if (!this.#ids.has(value)) missing.push(value)
      } else {
        const known = kind === 'name' ? this.#names : this.#texts
        if (found !== undefined) known.set(value, [...(known.get(value) ?? []), found])
        else if (kind === 'name' && !known.has(value)) missing.push(value)
      }
    }
    return missing
  }

  #learnItems(recorded: Answer, fresh: Answer): void {
    for (const { from, items } of recorded.told) {
      const others = fresh.told.find((each) => each.from === from)?.items ?? []
      const counts = new Map<string, number>()
      for (const item of items) {
        const kind = kindOfItem(item)
        const ordinal = counts.get(kind) ?? 0
        counts.set(kind, ordinal + 1)
        const now = others.filter((other) => kindOfItem(other) === kind)[ordinal]
        if (now !== undefined) this.#items.push({ recorded: item, fresh: now })
      }
    }
  }
}

interface Needed {
  readonly kind: Kind
  readonly places: string[]
}

function counted<T>(value: T | undefined, count: () => void): T | undefined {
  if (value !== undefined) count()
  return value
}

function otherStatus(recorded: RecordedResponse, fresh: RecordedResponse): Divergence {
  return { kind: 'status', message: `the status was ${recorded.status} and is ${fresh.status} now` }
}
