import { type Command, InvalidArgumentError } from 'commander'
import type { MatcherOptions } from '../../match/rules.ts'
import { VOLATILE_RULES, type VolatileRule } from '../../match/volatile.ts'
import { collect } from './flag-values.ts'

/** What counts when requests are compared. */
export interface MatchFlags {
  readonly ignore?: readonly string[]
  readonly only?: readonly string[]
  readonly volatile?: readonly VolatileRule[]
  readonly matchHeader?: readonly string[]
  readonly ignoreToolSchemas?: true
  /** False only where --no-align was given. */
  readonly align: boolean
}

export function withMatchFlags(command: Command): Command {
  return command
    .option(
      '--ignore <path>',
      'JSON path in the request body to ignore when matching, such as $.metadata.run_id; repeatable',
      collect,
    )
    .option(
      '--only <path>',
      'JSON path in the request body to match on, ignoring the rest; repeatable',
      collect,
    )
    .option(
      '--volatile <rules>',
      `kinds of text to ignore because they change from run to run, separated by commas: ${VOLATILE_RULES.join(', ')}`,
      volatileRules,
    )
    .option('--match-header <name>', 'request header to match on as well; repeatable', collect)
    .option('--no-align', "require the client's own ids to equal the recorded ones")
    .option('--ignore-tool-schemas', 'ignore the parameter schemas of tools when matching')
}

export function matchersFrom(flags: MatchFlags): MatcherOptions {
  return {
    ignore: flags.ignore ?? [],
    only: flags.only ?? [],
    volatile: flags.volatile ?? [],
    headers: flags.matchHeader ?? [],
    align: flags.align,
    ...(flags.ignoreToolSchemas ? { ignoreToolSchemas: true } : {}),
  }
}

function volatileRules(text: string): readonly VolatileRule[] {
  return text.split(',').map((name) => {
    const known = VOLATILE_RULES.find((each) => each === name.trim())
    if (known !== undefined) return known
    throw new InvalidArgumentError(`the rules are ${VOLATILE_RULES.join(', ')}.`)
  })
}
