import { type Command, InvalidArgumentError } from 'commander'
import type { Budget } from '../../policies/budget/amount.ts'
import { UsageError } from '../../messages/errors.ts'
import { type Expires, readExpires } from '../../cassette/expiry.ts'

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
      age,
    )
    .option('--budget <usd>', "answer with OpenAI's quota error after this many US dollars are spent", amount)
    .option('--budget-tokens <n>', 'the same, counted in input and output tokens', tokens)
}

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

function age(text: string): Expires {
  const [after = '', action, ...more] = text.split(':')
  if (more.length > 0 || (action !== undefined && action !== 'warn' && action !== 'fail'))
    throw new InvalidArgumentError("what follows an age is ':warn' or ':fail'.")
  try {
    readExpires(after, '--expires')
  } catch (error) {
    if (error instanceof UsageError) throw new InvalidArgumentError(error.message.replace('--expires: ', ''))
    throw error
  }
  return action === undefined ? after : { after, action }
}

function amount(text: string): number {
  if (text.trim() !== '' && Number(text) >= 0 && Number.isFinite(Number(text))) return Number(text)
  throw new InvalidArgumentError('expected an amount of US dollars, such as 0.01.')
}

function tokens(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number.')
}
