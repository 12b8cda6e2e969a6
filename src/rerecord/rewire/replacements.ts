import type { ValueKind } from '../../api/rewire.ts'
import { canonicalJson, type Json, type JsonObject } from '../../json/json.ts'
import { echoOf, isEchoOf, type ItemPair } from './echo.ts'

/** Maps recorded values and items to those of the new answers. */
export class Replacements {
  readonly #identifyingMembers: ReadonlySet<string>
  /** By kind and recorded value, in the order of the answers. */
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

  /** One for each answer that had the recorded value, in their order. */
  valuesFor(kind: ValueKind, recorded: string): readonly string[] {
    return this.#values[kind].get(recorded) ?? []
  }

  /** The one of the last answer that had the recorded value. */
  latestFor(kind: ValueKind, recorded: string): string | undefined {
    return this.valuesFor(kind, recorded).at(-1)
  }

  learn(kind: ValueKind, recorded: string, fresh: string): void {
    this.#values[kind].set(recorded, [...this.valuesFor(kind, recorded), fresh])
  }

  /** @param answer the position of the answer that has the item */
  learnItem(answer: number, pair: ItemPair): void {
    this.#items.push({ ...pair, answer })
  }

  /**
   * What a client would send now in place of an item, one for each answer that it may come from.
   * @param ownValue replaces in members that the client added
   */
  itemsFor(sent: JsonObject, ownValue: (value: Json) => Json): readonly JsonObject[] {
    const pairs = this.#items.filter(({ recorded }) => isEchoOf(sent, recorded, this.#identifyingMembers))
    const forms = new Map<string, JsonObject>()
    // Several events of a stream may hold the same item.
    for (const pair of pairs)
      forms.set(`${pair.answer} ${canonicalJson(pair.recorded)}`, echoOf(sent, pair, ownValue))
    return [...forms.values()]
  }
}

/**
 * Picks the answer that is meant where several had the same value: a greeting, an id that was redacted. A history
 * in which the value occurs several times has it from the answers in their order; equal requests follow the answers
 * in their order; otherwise the last answer is meant.
 */
export class OccurrencePicker {
  readonly #total: ReadonlyMap<string, number>
  readonly #seen = new Map<string, number>()
  readonly #amongEquals: AmongEquals

  /** @param total how often each value occurs in the request */
  constructor(total: ReadonlyMap<string, number>, amongEquals: AmongEquals) {
    this.#total = total
    this.#amongEquals = amongEquals
  }

  /** @param mayRepeat whether a request may have the value once for each answer that had it */
  pick<T>(choices: readonly T[], value: string, mayRepeat: boolean): T | undefined {
    const total = mayRepeat ? (this.#total.get(value) ?? 1) : 1
    const nth = this.#seen.get(value) ?? 0
    this.#seen.set(value, nth + 1)
    if (total > 1) return choices[Math.min(Math.max(0, choices.length - total) + nth, choices.length - 1)]
    const { position, count } = this.#amongEquals
    return count > 1 ? choices[Math.min(position, choices.length - 1)] : choices.at(-1)
  }
}

/** Where a request stands among those that equal it, from 0, and how many there are. */
export interface AmongEquals {
  readonly position: number
  readonly count: number
}
