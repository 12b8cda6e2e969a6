import type { Command } from 'commander'
import { oneOf, parsed, type Shape, someString, string } from '../../json/input/shape.ts'
import { JSON_PATH } from '../../json/path.ts'
import type { MatcherOptions } from '../../match/rules.ts'
import { VOLATILE_RULES, type VolatileRule } from '../../match/volatile.ts'
import { flagValue, flagValues } from './flag-values.ts'

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
      flagValues('--ignore', JSON_PATH),
    )
    .option(
      '--only <path>',
      'JSON path in the request body to match on, ignoring the rest; repeatable',
      flagValues('--only', JSON_PATH),
    )
    .option(
      '--volatile <rules>',
      `kinds of text to ignore because they change from run to run, separated by commas: ${VOLATILE_RULES.join(', ')}`,
      flagValue('--volatile', RULES_WITH_COMMAS),
    )
    .option(
      '--match-header <name>',
      'request header to match on as well; repeatable',
      flagValues('--match-header', HEADER),
    )
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

const RULES_WITH_COMMAS: Shape<readonly VolatileRule[]> = parsed(string(), (value, place) =>
  value.split(',').map((name) => VOLATILE_RULE.read(name.trim(), place)),
)

const VOLATILE_RULE = oneOf(VOLATILE_RULES)

const HEADER = someString("the name of a header, such as 'x-tenant'")
