import type { ValueKind } from '../../api/rewire.ts'
import { canonicalJson, type Json, type JsonObject } from '../../json/json.ts'
import { echoOf, isEchoOf, type ItemPair } from './echo.ts'

/** Maps recorded values and items to those of the new responses. */
export class Replacements {
  readonly #identifyingMembers: ReadonlySet<string>
  /** By kind and recorded value, in the order of the responses. */
  readonly #values: Readonly<Record<ValueKind, Map<string, string[]>>> = {
    id: new Map(),
    name: new Map(),
    text: new Map(),
  }
  readonly #items: (ItemPair & { readonly answer: number })[] = []

  constructor(identifyingMembers: ReadonlySet<string>) {
    this.#identifyingMembers = identifyingMembers
  }

  has(kind: ValueKind, recorded: string): boolean {
    return this.#values[kind].has(recorded)
  }

  /** One value for each response that had the recorded value, in response order. */
  valuesFor(kind: ValueKind, recorded: string): readonly string[] {
    return this.#values[kind].get(recorded) ?? []
  }

  /** The new value for the last response that had the recorded value. */
  latestFor(kind: ValueKind, recorded: string): string | undefined {
    return this.valuesFor(kind, recorded).at(-1)
  }

  learn(kind: ValueKind, recorded: string, fresh: string): void {
    this.#values[kind].set(recorded, [...this.valuesFor(kind, recorded), fresh])
  }

  /** @param answer the position of the response with the item */
  learnItem(answer: number, pair: ItemPair): void {
    this.#items.push({ ...pair, answer })
  }

  /**
   * The items that a client could send instead of a recorded one, one for each response that may be the source.
   * @param replaceIn replaces recorded values in members that the client added
   */
  itemsFor(sent: JsonObject, replaceIn: (value: Json) => Json): readonly JsonObject[] {
    const pairs = this.#items.filter(({ recorded }) => isEchoOf(sent, recorded, this.#identifyingMembers))
    const forms = new Map<string, JsonObject>()
    // Several events of a stream may contain the same item.
    for (const pair of pairs)
      forms.set(`${pair.answer} ${canonicalJson(pair.recorded)}`, echoOf(sent, pair, replaceIn))
    return [...forms.values()]
  }
}

/**
 * Picks the source response if several responses had the same value, such as a greeting or a redacted id. If a request
 * contains the value several times, as a message history may, its occurrences match the responses in order. Equal
 * requests also match the responses in order. In all other cases, the last response is the source.
 */
export class OccurrencePicker {
  readonly #total: ReadonlyMap<string, number>
  readonly #seen = new Map<string, number>()
  readonly #amongEquals: AmongEquals

  /** @param total the number of occurrences of each value in the request */
  constructor(total: ReadonlyMap<string, number>, amongEquals: AmongEquals) {
    this.#total = total
    this.#amongEquals = amongEquals
  }

  /** @param mayRepeat whether a request may contain the value once for each response that had it */
  pick<T>(choices: readonly T[], value: string, mayRepeat: boolean): T | undefined {
    const total = mayRepeat ? (this.#total.get(value) ?? 1) : 1
    const nth = this.#seen.get(value) ?? 0
    this.#seen.set(value, nth + 1)
    if (total > 1) return choices[Math.min(Math.max(0, choices.length - total) + nth, choices.length - 1)]
    const { position, count } = this.#amongEquals
    return count > 1 ? choices[Math.min(position, choices.length - 1)] : choices.at(-1)
  }
}

/** The position of a request among equal requests, from 0, and the number of equal requests. */
export interface AmongEquals {
  readonly position: number
  readonly count: number
}
