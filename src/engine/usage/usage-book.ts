import type { Interaction, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import {
  type EstimateInput,
  type SessionUsage,
  type UsageSighting,
  sumUsage,
  type Usage,
  type Use,
} from '../../api/usage.ts'
import type { Redactor } from '../../redact/redactor.ts'
import type { Entry } from '../library/catalog.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Dialect } from '../../api/dialect.ts'
import { type Sighted, type BilledCall, billedCalls } from './billed-calls.ts'
import { counted, usageOfCall } from './totals.ts'

/** How many upstream answers are held in detail. A server may run for weeks, so older ones are only summed. */
const DETAILED = 10_000

/** How many characters may wait to be tokenized. Loading a vocabulary takes longer than most sessions, so it is deferred. */
const MAX_CHARACTERS = 8_000_000

export interface UsageOptions {
  /**
   * Whether usage that no answer reports is estimated. The first estimate takes half a second.
   * @default true
   */
  readonly estimates?: boolean
}

/** What the usage of a session depends on. */
interface UsageContext {
  readonly dependencies: Pick<Dependencies, 'dialect' | 'prices' | 'tokenizer' | 'clock'>
  readonly library: { readonly redactor: Pick<Redactor, 'text'> }
}

/** The usage of a session's requests. Played interactions are read when the usage is read. */
export class UsageBook {
  readonly #context: UsageContext
  readonly #played: ReadonlyMap<Entry, number>
  #spent: Sighted[] = []
  #settled: Usage = sumUsage([])
  #characters = 0

  /** @param played the interactions that the session played, and how often */
  constructor(context: UsageContext, played: ReadonlyMap<Entry, number>) {
    this.#context = context
    this.#played = played
  }

  /**
   * Counts an answer of the upstream. The answer is read at once, so that its body can be freed.
   * @param base the URL to which the request's path was appended
   */
  count(request: RecordedRequest, response: RecordedResponse, base: string): void {
    for (const sighting of this.#context.dependencies.dialect.usage.sightings(request, response)) {
      this.#spent.push({
        sighting: this.#clean(sighting),
        times: 1,
        from: base + request.path,
        side: 'spent',
      })
      this.#characters += charactersOf(sighting.estimateInput)
    }
    if (this.#characters > MAX_CHARACTERS) this.#countWords()
    if (this.#spent.length < DETAILED * 1.5) return
    const [older, newer] = [this.#spent.slice(0, -DETAILED), this.#spent.slice(-DETAILED)]
    this.#settled = sumUsage([this.#settled, ...billedCalls(older).map((call) => this.#usageOf(call, true))])
    this.#spent = newer
  }

  /** Replaces texts by their token counts. */
  #countWords(): void {
    const { tokenizer } = this.#context.dependencies
    this.#characters = 0
    this.#spent = this.#spent.map((sighted) => {
      const { estimateInput } = sighted.sighting
      return estimateInput === undefined
        ? sighted
        : { ...sighted, sighting: { ...sighted.sighting, estimateInput: counted(estimateInput, tokenizer) } }
    })
  }

  /** The usage so far. The first call loads the prices. */
  usage({ estimates = true }: UsageOptions = {}): SessionUsage {
    const calls = billedCalls([...this.#playedSightings(), ...this.#spent])
    const of = (side: Sighted['side']): Usage[] =>
      calls.filter((call) => call.side === side).map((call) => this.#usageOf(call, estimates))
    const replayed = sumUsage(of('replayed'))
    const spent = sumUsage([this.#settled, ...of('spent')])
    return { ...sumUsage([replayed, spent]), replayed, spent }
  }

  *#playedSightings(): Generator<Sighted> {
    for (const [{ interaction, upstream }, times] of this.#played) {
      const from = (interaction.upstream ?? upstream) + interaction.request.path
      for (const sighting of sightingsOf(interaction, this.#context.dependencies.dialect))
        yield { sighting, times, from, side: 'replayed' }
    }
  }

  #usageOf(call: BilledCall, estimates: boolean): Usage {
    const { prices, clock, tokenizer } = this.#context.dependencies
    const priceOf = (use: Use): number | undefined => prices.usd(use, call.from, clock.today())
    return usageOfCall(call, priceOf, estimates ? tokenizer : undefined)
  }

  /** Redacts model names. The answer is the real one, and a fine-tuned model may be named after a customer. */
  #clean(sighting: UsageSighting): UsageSighting {
    const clean = <T extends { readonly model?: string }>(of: T): T =>
      of.model === undefined ? of : { ...of, model: this.#context.library.redactor.text(of.model) }
    return { ...clean(sighting), ...(sighting.uses && { uses: sighting.uses.map((use: Use) => clean(use)) }) }
  }
}

function charactersOf(input: EstimateInput | undefined): number {
  const texts = [...(input?.input.texts ?? []), ...(input?.output?.texts ?? [])]
  return texts.reduce((sum, text) => sum + text.length, 0)
}

const read = new WeakMap<Interaction, readonly UsageSighting[]>()

/** Read once, although several sessions may play it. */
export function sightingsOf(
  interaction: Interaction,
  dialect: Pick<Dialect, 'usage'>,
): readonly UsageSighting[] {
  const known = read.get(interaction)
  if (known !== undefined) return known
  const sightings = dialect.usage.sightings(interaction.request, interaction.response)
  read.set(interaction, sightings)
  return sightings
}
