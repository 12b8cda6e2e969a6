import type { Cassette, Interaction } from '../cassette/cassette.ts'
import type { Dialect } from '../api/dialect.ts'
import { sumUsage, type Usage, type UsageTotals, type Use } from '../api/usage.ts'
import type { Clock, Prices, Tokenizer } from '../engine/ports.ts'
import { usageOfCall } from '../engine/usage/totals.ts'
import { type Sighted, billedCalls } from '../engine/usage/billed-calls.ts'

export interface Pricing {
  readonly dialect: Pick<Dialect, 'requests' | 'usage'>
  readonly prices: Prices
  /** Counts tokens if a response reports no usage. */
  readonly tokenizer: Tokenizer
  readonly clock: Pick<Clock, 'today'>
  /** New model by recorded model. */
  readonly modelMap: ReadonlyMap<string, string>
  /** The base URL that an interaction is sent to. */
  readonly baseOf: (interaction: Interaction) => string
}

/** The usage of each interaction at today's prices. Usage that a poll reports is added to the request that started the work. */
export function usageByInteraction(
  { interactions }: Pick<Cassette, 'interactions'>,
  pricing: Pricing,
): readonly Usage[] {
  const { dialect, prices, tokenizer, clock, modelMap, baseOf } = pricing
  const sighted = interactions.map((interaction): Sighted[] => {
    const { request, response } = interaction
    const from = baseOf(interaction) + request.path
    const model = dialect.requests.modelOf(request)
    return dialect.usage.sightings(request, response).map((sighting) => ({
      sighting: {
        ...renamed(sighting, model, modelMap),
        ...(sighting.uses && { uses: sighting.uses.map((use) => renamed(use, model, modelMap)) }),
      },
      times: 1,
      from,
      side: 'spent',
    }))
  })
  const later = sighted.flat().filter(({ sighting }) => !sighting.begins)
  return sighted.map((own) => {
    const calls = billedCalls([...own.filter(({ sighting }) => sighting.begins), ...later])
    return sumUsage(
      calls.map((call) =>
        usageOfCall(call, (use: Use) => prices.usd(use, call.from, clock.today()), tokenizer),
      ),
    )
  })
}

/** @param model the name in the request; a response may add a date to it */
function renamed<T extends { readonly model?: string }>(
  use: T,
  model: string | undefined,
  modelMap: ReadonlyMap<string, string>,
): T {
  const now = model === undefined ? undefined : modelMap.get(model)
  if (now === undefined || !(use.model ?? '').startsWith(model as string)) return use
  return { ...use, model: now }
}

/** The known and estimated cost in US dollars. */
export function usdOf({ usd = 0, estimated }: UsageTotals): number {
  return usd + (estimated?.usd ?? 0)
}

/** Whether all usage has a known or estimated price. */
export function isPriced({ unknown, unpriced, estimated }: UsageTotals): boolean {
  return unknown === 0 && unpriced === 0 && (estimated?.unpriced ?? 0) === 0
}
