import type { Interaction, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import {
  type EstimateInput,
  type SessionUsage,
  type UsageSighting,
  sumUsage,
  type Usage,
  type Use,
} from '../../api/usage.ts'
import type { Entry } from '../library/catalog.ts'
import type { Setting } from '../setting.ts'
import { type Shown, type Work, worksOf } from './billed-calls.ts'
import { counted, usageOfWork } from './totals.ts'

/** Answers of the upstream that are kept apart. Of a server that runs for weeks the older ones are only summed. */
const KEPT = 10_000

/** Characters that are kept to be counted when somebody asks: loading a vocabulary takes longer than most sessions. */
const MOST_CHARACTERS = 8_000_000

export interface UsageOptions {
  /**
   * Whether what nobody told is estimated, which takes half a second the first time. Else it is unknown.
   * @default true
   */
  readonly estimates?: boolean
}

type Needs = Pick<Setting, 'dialect' | 'prices' | 'tokenizer' | 'clock' | 'redactor'>

/** What the requests of a session used. What is played is only noted, and read when somebody asks. */
export class UsageBook {
  readonly #setting: Needs
  readonly #played = new Map<Entry, number>()
  #spent: Shown[] = []
  #settled: Usage = sumUsage([])
  #characters = 0

  constructor(setting: Needs) {
    this.#setting = setting
  }

  /** Notes that a recorded interaction was the answer. */
  play(entry: Entry): void {
    this.#played.set(entry, (this.#played.get(entry) ?? 0) + 1)
  }

  /**
   * Notes an answer of the upstream's. It is read at once: nobody else may keep it.
   * @param base the URL to which the request's path was appended
   */
  answer(request: RecordedRequest, response: RecordedResponse, base: string): void {
    for (const showing of this.#setting.dialect.usage.sightings(request, response)) {
      this.#spent.push({ showing: this.#clean(showing), times: 1, from: base + request.path, side: 'spent' })
      this.#characters += charactersOf(showing.estimateInput)
    }
    if (this.#characters > MOST_CHARACTERS) this.#countWords()
    if (this.#spent.length < KEPT * 1.5) return
    const [older, newer] = [this.#spent.slice(0, -KEPT), this.#spent.slice(-KEPT)]
    this.#settled = sumUsage([this.#settled, ...worksOf(older).map((work) => this.#usageOf(work, true))])
    this.#spent = newer
  }

  /** Keeps numbers in place of what was said. */
  #countWords(): void {
    const { tokenizer } = this.#setting
    this.#characters = 0
    this.#spent = this.#spent.map((shown) => {
      const { estimateInput } = shown.showing
      return estimateInput === undefined
        ? shown
        : { ...shown, showing: { ...shown.showing, estimateInput: counted(estimateInput, tokenizer) } }
    })
  }

  /** What was used up to now. Loads the prices when it is first asked. */
  usage({ estimates = true }: UsageOptions = {}): SessionUsage {
    const works = worksOf([...this.#playedShowings(), ...this.#spent])
    const of = (side: Shown['side']): Usage[] =>
      works.filter((work) => work.side === side).map((work) => this.#usageOf(work, estimates))
    const replayed = sumUsage(of('replayed'))
    const spent = sumUsage([this.#settled, ...of('spent')])
    return { ...sumUsage([replayed, spent]), replayed, spent }
  }

  *#playedShowings(): Generator<Shown> {
    for (const [{ interaction, upstream }, times] of this.#played) {
      const from = (interaction.upstream ?? upstream) + interaction.request.path
      for (const showing of showingsOf(interaction, this.#setting))
        yield { showing, times, from, side: 'replayed' }
    }
  }

  #usageOf(work: Work, estimates: boolean): Usage {
    const { prices, clock, tokenizer } = this.#setting
    const priceOf = (use: Use): number | undefined => prices.usd(use, work.from, clock.today())
    return usageOfWork(work, priceOf, estimates ? tokenizer : undefined)
  }

  /** The answer is the real one, and a model may well be named after a customer. */
  #clean(showing: UsageSighting): UsageSighting {
    const clean = <T extends { readonly model?: string }>(of: T): T =>
      of.model === undefined ? of : { ...of, model: this.#setting.redactor.text(of.model) }
    return { ...clean(showing), ...(showing.uses && { uses: showing.uses.map((use: Use) => clean(use)) }) }
  }
}

function charactersOf(said: EstimateInput | undefined): number {
  const texts = [...(said?.input.texts ?? []), ...(said?.output?.texts ?? [])]
  return texts.reduce((sum, text) => sum + text.length, 0)
}

const read = new WeakMap<Interaction, readonly UsageSighting[]>()

/** Read once, however many sessions play it. */
export function showingsOf(
  interaction: Interaction,
  { dialect }: Pick<Setting, 'dialect'>,
): readonly UsageSighting[] {
  const known = read.get(interaction)
  if (known !== undefined) return known
  const showings = dialect.usage.sightings(interaction.request, interaction.response)
  read.set(interaction, showings)
  return showings
}
