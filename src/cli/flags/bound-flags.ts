import type { Command } from 'commander'
import type { Expires } from '../../cassette/expiry.ts'
import { number, parsed, type Shape, string, wholeNumber } from '../../json/input/shape.ts'
import type { Budget } from '../../policies/budget/amount.ts'
import { flagNumber, flagValue } from './flag-values.ts'

/** Limits to the age of recordings, and to what requests may use. */
export interface BoundFlags {
  readonly expires?: Expires
  readonly budget?: number
  readonly budgetTokens?: number
}

export function withBoundFlags(command: Command): Command {
  return command
    .option(
      '--expires <age>',
      'maximum age of replayed recordings: 30d, 6w, 6mo, 1y; an older one is reported as a warning, or as an error with :fail (30d:fail)',
      flagValue('--expires', EXPIRES_FLAG),
    )
    .option(
      '--budget <usd>',
      "answer with OpenAI's quota error after this many US dollars are spent",
      flagNumber('--budget', DOLLARS),
    )
    .option(
      '--budget-tokens <n>',
      'the same, counted in input and output tokens',
      flagNumber('--budget-tokens', TOKENS),
    )
}

const EXPIRES_FLAG: Shape<Expires> = parsed(
  string(
    "an age, such as '30d', '6w', '6mo' or '1y', or one that ends with ':fail', such as '30d:fail'",
    /^(?:\d{1,4}(?:d|w|mo|y)|never)(?::(?:warn|fail))?$/,
  ),
  (value): Expires => {
    const [after, action] = value.split(':') as [string, ('warn' | 'fail')?]
    return action === undefined ? after : { after, action }
  },
)

const DOLLARS = number('an amount of US dollars from 0, such as 0.01', { from: 0 })

const TOKENS = wholeNumber({ from: 0 }, 20_000)

/** The options that the flags stand for. */
export function boundsOf({ expires, budget, budgetTokens }: BoundFlags): {
  expires?: Expires
  budget?: Budget
} {
  const limits = {
    ...(budget === undefined ? {} : { usd: budget }),
    ...(budgetTokens === undefined ? {} : { tokens: budgetTokens }),
  }
  return {
    ...(expires === undefined ? {} : { expires }),
    ...(Object.keys(limits).length === 0 ? {} : { budget: limits }),
  }
}
