import { canonicalJson, type Json, type JsonObject } from '../../json/json.ts'
import { echoed, isEchoOf, type ItemPair } from './echo.ts'
import type { Kind } from './kinds.ts'

/** What is known of new answers: what stands for which recorded values and items. */
export class Known {
  /** By kind and recorded value, in the order of the answers that told it. */
  readonly #values: Readonly<Record<Kind, Map<string, string[]>>> = {
    id: new Map(),
    name: new Map(),
    text: new Map(),
  }
  readonly #items: (ItemPair & { readonly answer: number })[] = []

  has(kind: Kind, recorded: string): boolean {
    return this.#values[kind].has(recorded)
  }

  /** In their order; empty where nothing is known. */
  valuesFor(kind: Kind, recorded: string): readonly string[] {
    return this.#values[kind].get(recorded) ?? []
  }

  learn(kind: Kind, recorded: string, fresh: string): void {
    this.#values[kind].set(recorded, [...this.valuesFor(kind, recorded), fresh])
  }

  /** @param answer the place of the answer that told it */
  learnItem(answer: number, pair: ItemPair): void {
    this.#items.push({ ...pair, answer })
  }

  /**
   * What a client would send for an item now, by the answers that it can come from.
   * @param own what becomes of members that the client added
   */
  itemsFor(sent: JsonObject, own: (value: Json) => Json): readonly JsonObject[] {
    const pairs = this.#items.filter(({ recorded }) => isEchoOf(sent, recorded))
    const forms = new Map<string, JsonObject>()
    // One item is told in several places of a stream.
    for (const pair of pairs)
      forms.set(`${pair.answer} ${canonicalJson(pair.recorded)}`, echoed(sent, pair, own))
    return [...forms.values()]
  }
}
