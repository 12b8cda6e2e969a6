import type { Cassette } from '../../cassette/cassette.ts'
import type { Dialect } from '../../api/dialect.ts'
import { sumUsage, type Usage } from '../../api/usage.ts'
import type { Prices, Tokenizer } from '../ports.ts'
import { usageOfCall } from './totals.ts'
import { billedCalls } from './billed-calls.ts'

/** How usage is read, estimated and priced. */
export interface Reckoning {
  readonly dialect: Pick<Dialect, 'usage'>
  readonly prices: Prices
  /** Estimates usage that no answer reports. Without a tokenizer it is unknown. */
  readonly tokenizer?: Tokenizer
  /**
   * The day whose prices apply, `YYYY-MM-DD`.
   * @default the day on which each interaction was recorded
   */
  readonly on?: string
  /**
   * How often the interaction at this position was played.
   * @default once each
   */
  readonly times?: (position: number) => number
}

/** Usage and cost of all interactions of a cassette, each counted once or as often as it was played. */
export function usageOfCassette(cassette: Cassette, reckoning: Reckoning): Usage {
  const { dialect, prices, tokenizer, on, times = () => 1 } = reckoning
  const sighted = cassette.interactions.flatMap(({ request, response, ...its }, position) => {
    const from = (its.upstream ?? cassette.upstream) + request.path
    const day = on ?? its.recordedAt ?? cassette.recordedAt
    const of = { times: times(position), from, day, side: 'replayed' } as const
    return dialect.usage.sightings(request, response).map((sighting) => ({ ...of, sighting }))
  })
  const calls = billedCalls(sighted).filter((call) => call.times > 0)
  return sumUsage(
    calls.map((call) => usageOfCall(call, (use) => prices.usd(use, call.from, call.day), tokenizer)),
  )
}
