import type { Cassette, Interaction } from '../cassette/cassette.ts'
import type { Dialect } from '../api/dialect.ts'
import { sumUsage, type Usage, type Use } from '../api/usage.ts'
import type { Clock, Prices, Tokenizer } from '../engine/ports.ts'
import { usageOfWork } from '../engine/usage/totals.ts'
import { type Shown, worksOf } from '../engine/usage/billed-calls.ts'

/** What prices go by. */
export interface Pricing {
  readonly dialect: Pick<Dialect, 'requests' | 'usage'>
  readonly prices: Prices
  /** By which it is estimated what nobody told. */
  readonly tokenizer: Tokenizer
  readonly clock: Pick<Clock, 'today'>
  /** Models that are asked in place of others. */
  readonly models: ReadonlyMap<string, string>
  /** Where an interaction is sent. */
  readonly baseOf: (interaction: Interaction) => string
}

/** What each interaction used, at today's prices. What a poll told counts for the request that began the work. */
export function usagesOf(
  { interactions }: Pick<Cassette, 'interactions'>,
  pricing: Pricing,
): readonly Usage[] {
  const { dialect, prices, tokenizer, clock, models, baseOf } = pricing
  const shown = interactions.map((interaction): Shown[] => {
    const { request, response } = interaction
    const from = baseOf(interaction) + request.path
    const asked = dialect.requests.modelOf(request)
    return dialect.usage.sightings(request, response).map((showing) => ({
      showing: {
        ...renamed(showing, asked, models),
        ...(showing.uses && { uses: showing.uses.map((use) => renamed(use, asked, models)) }),
      },
      times: 1,
      from,
      side: 'spent',
    }))
  })
  const later = shown.flat().filter(({ showing }) => !showing.begins)
  return shown.map((own) => {
    const works = worksOf([...own.filter(({ showing }) => showing.begins), ...later])
    return sumUsage(
      works.map((work) =>
        usageOfWork(work, (use: Use) => prices.usd(use, work.from, clock.today()), tokenizer),
      ),
    )
  })
}

/** An answer names its model with a date behind. */
function renamed<T extends { readonly model?: string }>(
  of: T,
  asked: string | undefined,
  models: ReadonlyMap<string, string>,
): T {
  const now = asked === undefined ? undefined : models.get(asked)
  if (now === undefined || !(of.model ?? '').startsWith(asked as string)) return of
  return { ...of, model: now }
}

/** US dollars as far as they are known, or can be estimated. */
export function usdOf({ usd = 0, estimated }: Usage): number {
  return usd + (estimated?.usd ?? 0)
}

/** Whether all of it has a price, if an estimated one. */
export function isPriced({ unknown, unpriced, estimated }: Usage): boolean {
  return unknown === 0 && unpriced === 0 && (estimated?.unpriced ?? 0) === 0
}
