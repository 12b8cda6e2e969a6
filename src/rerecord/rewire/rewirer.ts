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

/** How many values were replaced by other ones, over all requests so far. */
export interface RewireCounts {
  /** Ids and other values that only the API can have made, such as encrypted content. */
  readonly ids: number
  /** Values that are ids by the member, path or query in which they stand. */
  readonly names: number
  readonly texts: number
  /** Messages and output items that were sent back as a whole. */
  readonly items: number
  /** Files, as bytes or base64. */
  readonly files: number
}

/**
 * Rewires a recorded chain: what earlier answers generated and later requests carry is taken from the new answers.
 * What a request carried before any answer did is the user's own, and is never touched.
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

  /** The nth recorded request as it is to be sent now. */
  request(n: number): RecordedRequest {
    const { request } = this.#recorded[n] as Interaction
    const total = new Map<string, number>()
    const amongEquals = this.#chain.amongEquals(n)
    // Done twice, as the picker has to know how often each value occurs in the request.
    const counting = this.#substitution(new OccurrencePicker(new Map(), amongEquals), (value) =>
      total.set(value, (total.get(value) ?? 0) + 1),
    )
    substitute(request, counting)
    return substitute(
      request,
      this.#substitution(new OccurrencePicker(total, amongEquals), (_, kind) => this.#counts[kind]++),
    )
  }

  /** @param onReplaced is called for each value that is replaced by another one */
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
   * Takes the new answer to the nth request. Equal requests before it may have been left out, as a new run may need
   * another number of polls: give the answer that ended the polling then.
   * @returns why the chain cannot go on, or cannot be kept; undefined if it can
   */
  learn(n: number, fresh: RecordedResponse): Divergence | undefined {
    const { response } = this.#recorded[n] as Interaction
    if (fresh.status !== response.status) {
      return { kind: 'status', message: `the status was ${response.status} and is now ${fresh.status}` }
    }
    const needed = this.#chain.neededOf(this.#answeredBy(n))
    const recorded = this.#chain.answers[n] as AnswerRecord
    const answer = this.#rules.readAnswer(fresh)
    // With the names that were known before this answer: the model chose the ones in its arguments.
    const renamed = recorded.calls.map((call) => this.#latest(call.arguments, ['name']))
    const now = new LocationIndex(answer, fresh, this.#rules)
    const missing = this.#learnValues(n, needed, now)
    const at = (location: string): string | undefined => now.at([location])
    if (!this.#files.learn(n, { answer: recorded, response }, fresh, at)) missing.push('the file')
    this.#learnItems(n, recorded, answer)
    // Later requests seldom depend on the text of an error.
    if (response.status >= 400) return undefined
    return divergenceOf(recorded, answer, {
      carries: (value) => needed.has(value),
      isAnswered: (call) => this.#chain.toolOutputs.isAnsweredAfter(n, call),
      isRetrieved: this.#chain.isRetrievedAfter(n),
      argumentsNow: renamed.map((each) => this.#latest(each, ['id'])),
      missing,
      stale: this.#staleText(n, now),
    })
  }

  /** The recorded answers that a new answer to the nth request replaces: also those to equal requests left out before. */
  #answeredBy(n: number): readonly number[] {
    const answered = [...this.#chain.equalsBefore(n).filter((each) => !this.#learnt.has(each)), n]
    for (const each of answered) this.#learnt.add(each)
    return answered
  }

  /** @returns the needed values, as text, for which the new answer has nothing */
  #learnValues(n: number, needed: ReadonlyMap<string, NeededValue>, now: LocationIndex): string[] {
    const missing: string[] = []
    for (const [value, { kind, locations, isWhole }] of needed) {
      const latest = this.#replacements.latestFor(kind, value)
      // A value that is still there stands for itself: a list may have another order.
      if (latest !== undefined && kind !== 'text' && now.has(latest)) continue
      const same = now.has(value) ? value : undefined
      const atLocation = now.at(locations)
      // A name may be there and mean something else, as some providers number their calls; not in what is retrieved.
      const isItself = kind === 'id' || this.#recorded[n]?.request.method === 'GET'
      const replacement = isItself ? (same ?? atLocation) : (atLocation ?? same)
      if (replacement !== undefined) this.#replacements.learn(kind, value, replacement)
      else if (latest === undefined && this.#isMissing(n, { kind, locations, isWhole }))
        missing.push(shown(value))
    }
    return missing
  }

  /**
   * Whether a needed value without a replacement stops the chain. An id inside prose is replaced with the prose, and
   * prose with its message when the client sends the message back. So only ids and names that stand alone can be
   * missing, and prose that is not sent back with its message.
   */
  #isMissing(n: number, { kind, locations, isWhole }: NeededValue): boolean {
    if (kind === 'id') return isWhole
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

  /** A text of the recorded answer that a later request has inside a longer one, and that is another now. */
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

  /** A value with the ids and names of the latest answers. */
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
