import type { Interaction, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { canonicalJson, type Json, type JsonObject, jsonText, parseJson } from '../../json/json.ts'
import type { Answer, ReadAnswer } from '../../api/answer.ts'
import { Chain, type Needed } from './chain.ts'
import { Choosing } from './choosing.ts'
import { type Divergence, divergenceOf, shown } from './divergence.ts'
import { Files } from './files.ts'
import type { Kind } from './kinds.ts'
import { FreshPlaces } from './fresh-places.ts'
import { Known } from './known.ts'
import { labelsOf, placesIn } from './places.ts'
import { inJson, substituted, type Substitution } from './substitute.ts'

/** What was replaced by something else, over all requests that were asked for so far. */
export interface Counts {
  /** Ids and other values that only the API makes, encrypted content among them. */
  readonly ids: number
  /** What is an id by the member, path or query in which it stands. */
  readonly names: number
  readonly texts: number
  /** Messages and output items that were sent back whole. */
  readonly items: number
  /** What was made as bytes or base64. */
  readonly files: number
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
  readonly #chain: Chain
  readonly #known = new Known()
  readonly #files: Files
  readonly #counts = { ids: 0, names: 0, texts: 0, items: 0, files: 0 }
  readonly #learnt = new Set<number>()

  /** @param read reads an answer of the API that was recorded */
  constructor(recorded: readonly Interaction[], read: ReadAnswer) {
    this.#recorded = recorded
    this.#read = read
    this.#chain = new Chain(recorded, read)
    this.#files = new Files(recorded)
  }

  get counts(): Counts {
    return { ...this.#counts }
  }

  /** The nth recorded request as it is to be sent now. */
  request(n: number): RecordedRequest {
    const { request } = this.#recorded[n] as Interaction
    const total = new Map<string, number>()
    const equals = this.#chain.amongEquals(n)
    // Once to count how often each stands in it, so that the right one of several answers is taken.
    const counting = this.#substitution(new Choosing(new Map(), equals), (what) =>
      total.set(what, (total.get(what) ?? 0) + 1),
    )
    substituted(request, counting)
    return substituted(
      request,
      this.#substitution(new Choosing(total, equals), (_, kind) => this.#counts[kind]++),
    )
  }

  #substitution(choosing: Choosing, tell: (what: string, kind: keyof Counts) => void): Substitution {
    const told = <T>(what: string, kind: keyof Counts, choices: readonly T[], isSame: (by: T) => boolean) => {
      if (choices.length === 0) return undefined
      const by = choosing.choose(choices, what, kind === 'texts' || kind === 'items') as T
      if (isSame(by)) return by
      tell(what, kind)
      return by
    }
    return {
      id: (word) =>
        told(word, 'ids', this.#known.valuesFor('id', word), (by) => by === word) ??
        told(word, 'files', listOf(this.#files.base64(word)), () => false),
      file: (content) => told('', 'files', listOf(this.#files.file(content)), () => false),
      name: (value) => told(value, 'names', this.#known.valuesFor('name', value), (by) => by === value),
      text: (value) => told(value, 'texts', this.#known.valuesFor('text', value), (by) => by === value),
      item: (sent) => {
        const items = this.#known.itemsFor(sent, (value) => this.#latest(value))
        if (items.length === 0) return undefined
        const before = canonicalJson(sent)
        return told(before, 'items', items, (by) => canonicalJson(by) === before)
      },
    }
  }

  /**
   * Takes the new answer to the nth request. Equal requests before it may have been left out: polls, of which a new
   * run needs more or fewer. Give the answer that ended the wait then.
   * @returns why the chain cannot go on, or cannot be kept; undefined where it can
   */
  learn(n: number, fresh: RecordedResponse): Divergence | undefined {
    const { response } = this.#recorded[n] as Interaction
    if (fresh.status !== response.status) {
      return { kind: 'status', message: `the status was ${response.status} and is ${fresh.status} now` }
    }
    const needed = this.#chain.neededOf(this.#answeredBy(n))
    const recorded = this.#chain.answers[n] as Answer
    const answer = this.#read(fresh)
    // By the names of before: in the arguments of this answer's calls they are what the model chose.
    const calls = recorded.calls.map((call) => this.#latest(call.arguments, ['name']))
    const now = new FreshPlaces(answer, fresh)
    const missing = this.#learnValues(n, needed, now)
    const place = (each: string): string | undefined => now.at([each])
    if (!this.#files.learn(n, { answer: recorded, response }, fresh, place)) missing.push('the file')
    this.#learnItems(n, recorded, answer)
    // Errors may say something else: later requests seldom depend on it.
    if (response.status >= 400) return undefined
    return divergenceOf(recorded, answer, {
      carries: (value) => needed.has(value),
      answersCall: (call) => this.#chain.outputs.answers(call, n),
      isAskedAfter: this.#chain.isAskedAfter(n),
      argumentsNow: calls.map((each) => this.#latest(each, ['id'])),
      missing,
      stale: this.#quoted(n, now),
    })
  }

  /** The recorded answers in whose place a new one stands: those to equal requests that were left out, and its own. */
  #answeredBy(n: number): readonly number[] {
    const answered = [...this.#chain.equalsBefore(n).filter((each) => !this.#learnt.has(each)), n]
    for (const each of answered) this.#learnt.add(each)
    return answered
  }

  /** @returns what is needed and has nothing in its place */
  #learnValues(n: number, needed: ReadonlyMap<string, Needed>, now: FreshPlaces): string[] {
    const missing: string[] = []
    for (const [value, { kind, places, isWhole }] of needed) {
      const latest = this.#known.valuesFor(kind, value).at(-1)
      // What is still there stands for itself: a list may have another order.
      if (latest !== undefined && kind !== 'text' && now.has(latest)) continue
      const same = now.has(value) ? value : undefined
      const placed = now.at(places)
      // A name may be there and mean another thing: some providers number their calls. What is looked up is what it was.
      const isItself = kind === 'id' || this.#recorded[n]?.request.method === 'GET'
      const found = isItself ? (same ?? placed) : (placed ?? same)
      if (found !== undefined) this.#known.learn(kind, value, found)
      else if (latest === undefined && isMissed(kind, isWhole, places, () => this.#chain.echoes(n)))
        missing.push(shown(value))
    }
    return missing
  }

  #learnItems(n: number, recorded: Answer, fresh: Answer): void {
    for (const { source, items } of recorded.parts) {
      const others = fresh.parts.find((each) => each.source === source)?.items ?? []
      const places = labelsOf(others)
      for (const [i, label] of labelsOf(items).entries()) {
        const now = others[places.indexOf(label)]
        if (now !== undefined) this.#known.learnItem(n, { recorded: items[i] as JsonObject, fresh: now })
      }
    }
  }

  /** A text that a later request has inside a longer one, and that is another now. */
  #quoted(n: number, now: FreshPlaces): string | undefined {
    const { response } = this.#recorded[n] as Interaction
    for (const { value, kind, place } of placesIn(this.#chain.answers[n] as Answer, response.headers)) {
      if (kind !== 'text' || now.has(this.#latest(value) as string) || now.at([place]) === undefined) continue
      if (this.#chain.quotes(value, n, (leaf) => this.#known.has('text', leaf))) return value
    }
    return undefined
  }

  /** A value with the ids of now. */
  #latest(value: Json, kinds: readonly Kind[] = ['id', 'name']): Json {
    const latest = (kind: Kind) => (word: string) =>
      kinds.includes(kind) ? this.#known.valuesFor(kind, word).at(-1) : undefined
    const by = {
      id: latest('id'),
      name: latest('name'),
      text: latest('text'),
      item: () => undefined,
      file: () => undefined,
    }
    return parseJson(inJson(jsonText(value), by)) as Json
  }
}

function listOf<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value]
}

/** What a text only mentions goes with the text; a text goes with its item, where that is sent back whole. */
function isMissed(
  kind: Needed['kind'],
  isWhole: boolean,
  places: Needed['places'],
  isEchoed: () => boolean,
): boolean {
  if (kind === 'id') return isWhole
  return kind === 'name' ? places.some((place) => !place.includes('{}')) : !isEchoed()
}
