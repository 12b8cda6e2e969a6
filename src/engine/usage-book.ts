import type { Interaction, RecordedRequest, RecordedResponse } from '../core/cassette.ts'
import { type SessionUsage, type Showing, sumUsage, type Usage, type Use } from '../core/usage.ts'
import type { Entry } from './catalog.ts'
import type { Setting } from './setting.ts'
import { type Shown, type Work, worksOf } from './works.ts'
import { usageOfWork } from './work-usage.ts'

/** Answers of the upstream that are kept apart. Of a server that runs for weeks the older ones are only summed. */
const KEPT = 10_000

/** What the requests of a session used. What is played is only noted, and read when somebody asks. */
export class UsageBook {
  readonly #setting: Pick<Setting, 'dialect' | 'prices' | 'clock' | 'redactor'>
  readonly #played = new Map<Entry, number>()
  #spent: Shown[] = []
  #settled: Usage = sumUsage([])

  constructor(setting: Pick<Setting, 'dialect' | 'prices' | 'clock' | 'redactor'>) {
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
    for (const showing of this.#setting.dialect.showings(request, response))
      this.#spent.push({ showing: this.#clean(showing), times: 1, from: base + request.path, side: 'spent' })
    if (this.#spent.length < KEPT * 1.5) return
    const [older, newer] = [this.#spent.slice(0, -KEPT), this.#spent.slice(-KEPT)]
    this.#settled = sumUsage([this.#settled, ...worksOf(older).map(this.#usageOf)])
    this.#spent = newer
  }

  /** What was used up to now. Loads the prices when it is first asked. */
  usage(): SessionUsage {
    const works = worksOf([...this.#playedShowings(), ...this.#spent])
    const of = (side: Shown['side']): Usage[] => works.filter((work) => work.side === side).map(this.#usageOf)
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

  readonly #usageOf = (work: Work): Usage => {
    const { prices, clock } = this.#setting
    return usageOfWork(work, (use) => prices.usd(use, work.from, clock.today()))
  }

  /** The answer is the real one, and a model may well be named after a customer. */
  #clean(showing: Showing): Showing {
    const clean = <T extends { readonly model?: string }>(of: T): T =>
      of.model === undefined ? of : { ...of, model: this.#setting.redactor.text(of.model) }
    return { ...clean(showing), ...(showing.uses && { uses: showing.uses.map((use: Use) => clean(use)) }) }
  }
}

const read = new WeakMap<Interaction, readonly Showing[]>()

/** Read once, however many sessions play it. */
function showingsOf(interaction: Interaction, { dialect }: Pick<Setting, 'dialect'>): readonly Showing[] {
  const known = read.get(interaction)
  if (known !== undefined) return known
  const showings = dialect.showings(interaction.request, interaction.response)
  read.set(interaction, showings)
  return showings
}
