import { object } from '../../json/input/object.ts'
import { number, optional, parsed, type Shape, wholeNumber } from '../../json/input/shape.ts'

/** What may be used: US dollars, tokens, or both. */
export interface Budget {
  /** @example 0.01 */
  readonly usd?: number
  /** Input and output together. */
  readonly tokens?: number
}

/** What was used, or may be. */
export interface Amount {
  readonly usd: number
  readonly tokens: number
}

export const NOTHING: Amount = { usd: 0, tokens: 0 }

export function plus(a: Amount, b: Amount): Amount {
  return { usd: a.usd + b.usd, tokens: a.tokens + b.tokens }
}

export function minus(a: Amount, b: Amount): Amount {
  return { usd: a.usd - b.usd, tokens: a.tokens - b.tokens }
}

const FIELDS = ['usd', 'tokens'] as const

export const BUDGET: Shape<Budget> = parsed(
  object<Budget>('{ usd: 0.01 }, { tokens: 20000 } or both', {
    usd: optional(number('an amount of US dollars from 0, such as 0.01', { from: 0 })),
    tokens: optional(wholeNumber({ from: 0 }, 20_000)),
  }),
  (budget, place) => (Object.keys(budget).length === 0 ? place.expected(BUDGET.expected, budget) : budget),
)

/**
 * Why a request is refused, in words; undefined where there is something left. Nothing is refused for what it may
 * itself use: the API does not either, and so a run that is recorded and its replay stop at the same request.
 * @param underWay what requests may use that are not done, by an estimate
 */
export function overInWords(budget: Budget, used: Amount, underWay: Amount): string | undefined {
  for (const unit of FIELDS) {
    const [most, spent, open] = [budget[unit], used[unit], underWay[unit]]
    if (most === undefined || spent + open < most - SMALLEST) continue
    const more = open === 0 ? '' : `, plus an estimated ${shown(open)} for requests in flight`
    return `over the budget: ${shown(spent)} of ${shown(most)} ${UNITS[unit]} used${more}`
  }
  return undefined
}

/** Sums of prices are off by less, in US dollars. */
const SMALLEST = 1e-12

const UNITS = { usd: 'USD', tokens: 'tokens' } as const

/** Without the digits that sums of fractions have at their end. */
function shown(amount: number): string {
  return String(Number(amount.toPrecision(12)))
}
