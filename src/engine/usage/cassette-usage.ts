import type { Cassette } from '../../cassette/cassette.ts'
import type { Dialect } from '../../api/dialect.ts'
import { sumUsage, type Usage } from '../../api/usage.ts'
import type { Prices, Tokenizer } from '../ports.ts'
import { usageOfWork } from './totals.ts'
import { worksOf } from './billed-calls.ts'

/** What usage is told by, and priced. */
export interface Reckoning {
  readonly dialect: Pick<Dialect, 'usage'>
  readonly prices: Prices
  /** By which it is estimated what nobody told; without one it is unknown. */
  readonly tokenizer?: Tokenizer
  /**
   * The day whose prices count, `YYYY-MM-DD`.
   * @default the day on which each interaction was recorded
   */
  readonly on?: string
  /**
   * How often the interaction at this position was the answer.
   * @default once each
   */
  readonly times?: (position: number) => number
}

/** What the requests of a whole cassette used, and what that costs: as recorded, or as often as they were played. */
export function usageOfCassette(cassette: Cassette, reckoning: Reckoning): Usage {
  const { dialect, prices, tokenizer, on, times = () => 1 } = reckoning
  const shown = cassette.interactions.flatMap(({ request, response, ...its }, position) => {
    const from = (its.upstream ?? cassette.upstream) + request.path
    const day = on ?? its.recordedAt ?? cassette.recordedAt
    const of = { times: times(position), from, day, side: 'replayed' } as const
    return dialect.usage.sightings(request, response).map((showing) => ({ ...of, showing }))
  })
  const works = worksOf(shown).filter((work) => work.times > 0)
  return sumUsage(
    works.map((work) => usageOfWork(work, (use) => prices.usd(use, work.from, work.day), tokenizer)),
  )
}
