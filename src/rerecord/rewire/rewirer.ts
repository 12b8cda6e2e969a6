import type { AnswerRecord } from '../../api/answer.ts'
import type { RewireRules, ValueKind } from '../../api/rewire.ts'
import type { Interaction, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { canonicalJson, type Json, type JsonObject, jsonText, parseJson } from '../../json/json.ts'
import { type Divergence, divergenceOf, shown } from './divergence.ts'
import { GeneratedFiles } from './generated-files.ts'
import { itemLabels, LocationIndex, locatedValues } from './locations.ts'
import { type NeededValue, RecordedChain } from './recorded-chain.ts'
import { OccurrencePicker, Replacements } from './replacements.ts'
import { inJson, substitute, type Substitution } from './substitute.ts'

/** The number of values replaced in all requests so far. */
export interface RewireCounts {
  /** Ids and other values that only the API can generate, such as encrypted content. */
  readonly ids: number
  /** Values that are ids because of their member name, or because they are in the path or query. */
  readonly names: number
  readonly texts: number
  /** Entire messages and output items that the client sent back. */
  readonly items: number
  /** Files, as bytes or base64. */
  readonly files: number
}

/**
 * Rewires a recorded chain: replaces values that later requests took from earlier responses with the values of the new
 * responses. Values that a request contained before any response did come from the user and are never replaced.
 *
 * @example
 * const rewirer = new Rewirer(cassette.interactions, rules)
 * for (const n of cassette.interactions.keys()) {
 *   const divergence = rewirer.learn(n, await send(rewirer.request(n)))
 *   if (divergence !== undefined) throw new Error(divergence.message)
 * }
 */
export class Rewirer {
  readonly #recorded: readonly Interaction[]
  readonly #rules: RewireRules
  readonly #chain: RecordedChain
  readonly #replacements: Replacements
  readonly #files: GeneratedFiles
  readonly #counts = { ids: 0, names: 0, texts: 0, items: 0, files: 0 }
  readonly #learnt = new Set<number>()

  constructor(recorded: readonly Interaction[], rules: RewireRules) {
    this.#recorded = recorded
    this.#rules = rules
    this.#chain = new RecordedChain(recorded, rules)
    this.#replacements = new Replacements(rules.identifyingMembers)
    this.#files = new GeneratedFiles(recorded, rules)
  }

  get counts(): RewireCounts {
    return { ...this.#counts }
  }

  /** The nth recorded request with the values of the new responses. */
  request(n: number): RecordedRequest {
    const { request } = this.#recorded[n] as Interaction
    const total = new Map<string, number>()
    const amongEquals = this.#chain.amongEquals(n)
    // The first pass counts how often each value occurs in the request, which the picker needs.
    const counting = this.#substitution(new OccurrencePicker(new Map(), amongEquals), (value) =>
      total.set(value, (total.get(value) ?? 0) + 1),
    )
    substitute(request, counting)
    return substitute(
      request,
      this.#substitution(new OccurrencePicker(total, amongEquals), (_, kind) => this.#counts[kind]++),
    )
  }

  /** @param onReplaced called for each value whose replacement differs from it */
  #substitution(
    picker: OccurrencePicker,
    onReplaced: (value: string, kind: keyof RewireCounts) => void,
  ): Substitution {
    const pick = <T>(
      kind: keyof RewireCounts,
      value: string,
      choices: readonly T[],
      isSame: (now: T) => boolean = (now) => now === value,
    ): T | undefined => {
      if (choices.length === 0) return undefined
      const now = picker.pick(choices, value, kind === 'texts' || kind === 'items') as T
      if (!isSame(now)) onReplaced(value, kind)
      return now
    }
    const replacements = this.#replacements
    return {
      rules: this.#rules,
      id: (word) =>
        pick('ids', word, replacements.valuesFor('id', word)) ??
        pick('files', word, listOf(this.#files.base64Replacement(word))),
      file: (content) => pick('files', '', listOf(this.#files.replacement(content)), () => false),
      name: (value) => pick('names', value, replacements.valuesFor('name', value)),
      text: (value) => pick('texts', value, replacements.valuesFor('text', value)),
      item: (sent) => {
        const items = replacements.itemsFor(sent, (value) => this.#latest(value))
        if (items.length === 0) return undefined
        const before = canonicalJson(sent)
        return pick('items', before, items, (now) => canonicalJson(now) === before)
      },
    }
  }

  /**
   * Learns the values of the new response to the nth request. A new run may need fewer polls, so earlier equal requests
   * may have been skipped: pass the response that ended the polling.
   * @returns why the chain cannot continue or be kept; undefined if it can
   */
  learn(n: number, fresh: RecordedResponse): Divergence | undefined {
    const { response } = this.#recorded[n] as Interaction
    if (fresh.status !== response.status) {
      return { kind: 'status', message: `the status was ${response.status} and is now ${fresh.status}` }
    }
    const needed = this.#chain.neededOf(this.#responsesReplacedBy(n))
    const recorded = this.#chain.answers[n] as AnswerRecord
    const answer = this.#rules.readAnswer(fresh)
    // Uses the names known before this response, because the model chose its arguments without knowing the new ones.
    const renamed = recorded.calls.map((call) => this.#latest(call.arguments, ['name']))
    const now = new LocationIndex(answer, fresh, this.#rules)
    const missing = this.#learnValues(n, needed, now)
    const at = (location: string): string | undefined => now.at([location])
    if (!this.#files.learn(n, { answer: recorded, response }, fresh, at)) missing.push('the file')
    this.#learnItems(n, recorded, answer)
    // Later requests rarely depend on the text of an error.
    if (response.status >= 400) return undefined
    return divergenceOf([recorded, answer], {
      carries: (value) => needed.has(value),
      isAnswered: (call) => this.#chain.toolOutputs.isAnsweredAfter(n, call),
      isRetrieved: this.#chain.isRetrievedAfter(n),
      expectedArguments: renamed.map((each) => this.#latest(each, ['id'])),
      missing,
      staleText: this.#staleText(n, now),
    })
  }

  /** The recorded responses that a new response to the nth request replaces, including those to equal requests that were skipped. */
  #responsesReplacedBy(n: number): readonly number[] {
    const replaced = [...this.#chain.equalsBefore(n).filter((each) => !this.#learnt.has(each)), n]
    for (const each of replaced) this.#learnt.add(each)
    return replaced
  }

  /** @returns the needed values that have no counterpart in the new response, formatted for a message */
  #learnValues(n: number, needed: ReadonlyMap<string, NeededValue>, now: LocationIndex): string[] {
    const missing: string[] = []
    for (const [value, { kind, locations, isEntireString }] of needed) {
      const latest = this.#replacements.latestFor(kind, value)
      // A replacement that occurs in the new response stays valid, as a list may have another order.
      if (latest !== undefined && kind !== 'text' && now.has(latest)) continue
      const same = now.has(value) ? value : undefined
      const atLocation = now.at(locations)
      // Some providers number their calls, so an equal name may mean something else, except in a GET response.
      const isItself = kind === 'id' || this.#recorded[n]?.request.method === 'GET'
      const replacement = isItself ? (same ?? atLocation) : (atLocation ?? same)
      if (replacement !== undefined) this.#replacements.learn(kind, value, replacement)
      else if (latest === undefined && this.#isMissing(n, { kind, locations, isEntireString }))
        missing.push(shown(value))
    }
    return missing
  }

  /**
   * Whether a needed value without a replacement stops the chain. An id inside a text is replaced with the text. A text
   * is replaced with its message if the client sends the message back. So only ids and names outside of texts can be
   * missing, and texts that are not sent back with their message.
   */
  #isMissing(n: number, { kind, locations, isEntireString }: NeededValue): boolean {
    if (kind === 'id') return isEntireString
    if (kind === 'name') return locations.some((location) => !location.includes('{}'))
    return !this.#chain.isEchoedAfter(n)
  }

  #learnItems(n: number, recorded: AnswerRecord, fresh: AnswerRecord): void {
    for (const { source, items } of recorded.documents) {
      const others = fresh.documents.find((each) => each.source === source)?.items ?? []
      const labels = itemLabels(others)
      for (const [i, itemLabel] of itemLabels(items).entries()) {
        const now = others[labels.indexOf(itemLabel)]
        if (now !== undefined)
          this.#replacements.learnItem(n, { recorded: items[i] as JsonObject, fresh: now })
      }
    }
  }

  /** Finds a text of the recorded response that a later request quotes inside a longer text, and that differs in the new response. */
  #staleText(n: number, now: LocationIndex): string | undefined {
    const { response } = this.#recorded[n] as Interaction
    const values = locatedValues(this.#chain.answers[n] as AnswerRecord, response.headers, this.#rules)
    for (const { value, kind, location } of values) {
      if (kind !== 'text' || now.has(this.#latest(value) as string) || now.at([location]) === undefined)
        continue
      if (this.#chain.isQuotedAfter(n, value, (leaf) => this.#replacements.has('text', leaf))) return value
    }
    return undefined
  }

  /** Replaces the ids and names in a value with those of the latest responses. */
  #latest(value: Json, kinds: readonly ValueKind[] = ['id', 'name']): Json {
    const latest = (kind: ValueKind) => (word: string) =>
      kinds.includes(kind) ? this.#replacements.latestFor(kind, word) : undefined
    const by = {
      rules: this.#rules,
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
