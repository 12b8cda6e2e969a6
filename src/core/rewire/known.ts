import { canonicalJson, type JsonObject } from '../json.ts'
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
  readonly #items: ItemPair[] = []

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

  learnItem(pair: ItemPair): void {
    this.#items.push(pair)
  }

  /** What a client would send for an item now, by the answers that it can come from. */
  itemsFor(sent: JsonObject): readonly JsonObject[] {
    const pairs = this.#items.filter(({ recorded }) => isEchoOf(sent, recorded))
    const forms = pairs.map((pair) => ({ of: canonicalJson(pair.recorded), form: echoed(sent, pair) }))
    // One item is told in several places of a stream.
    return forms.filter(({ of }, i) => forms[i + 1]?.of !== of).map(({ form }) => form)
  }
}
