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
      'a JSON path of the body that does not count, e.g. $.metadata.run_id; may be given again',
      collect,
    )
    .option('--only <path>', 'a JSON path of the body that alone counts; may be given again', collect)
    .option(
      '--volatile <rules>',
      `text that changes from run to run, by name and with commas between: ${VOLATILE_RULES.join(', ')}`,
      volatileRules,
    )
    .option('--match-header <name>', 'a request header that counts; may be given again', collect)
    .option('--no-align', "do not let the caller's own ids stand for the recorded ones")
    .option('--ignore-tool-schemas', "compare tools without their parameters' schemas")
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
