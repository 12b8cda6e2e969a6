import { type Command, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../../messages/errors.ts'
import type { World } from '../world.ts'
import type { Repeat } from '../../match/lookup.ts'
import { VOLATILE_RULES, type VolatileRule } from '../../match/volatile.ts'
import type { RedactRule } from '../../redact/rules.ts'
import type { Timing } from '../../engine/replay/timing.ts'
import { faultsFile } from '../../vcr/options/faults-file.ts'
import { openai } from '../../openai/dialect.ts'
import { type BoundFlags, boundsOf, withBoundFlags } from './bound-flags.ts'
import { MODES } from '../../engine/modes.ts'
import { type ResolvedOptions, resolveOptions } from '../../vcr/options/options.ts'
import { checkName } from '../../node/cassette-name.ts'

/** Flags that every command with a server of its own takes. */
export interface ServerFlags extends BoundFlags {
  readonly mode?: string
  readonly cassettes?: string
  readonly cassette?: string
  readonly upstream?: string
  readonly repeat?: Repeat
  readonly speed?: number
  readonly ttft?: number
  readonly pace?: number
  readonly redact?: readonly string[]
  readonly faults?: string
  readonly limitClock?: 'manual' | 'real'
  readonly keepTruncated?: true
  readonly ignore?: readonly string[]
  readonly only?: readonly string[]
  readonly volatile?: readonly VolatileRule[]
  readonly matchHeader?: readonly string[]
  readonly ignoreToolSchemas?: true
  /** False only where --no-align was given. */
  readonly align: boolean
}

export function withServerFlags(command: Command): Command {
  const flagged = command
    .option('--cassette <name>', 'the cassette for requests that name none', cassetteName)
    .option('--cassettes <dir>', 'the cassette directory (OPENAI_VCR_CASSETTES; default: cassettes)')
    .option(
      '--upstream <url>',
      'where requests are sent to be recorded: their path is appended (OPENAI_VCR_UPSTREAM; default: https://api.openai.com)',
    )
    .addOption(
      new Option(
        '--repeat <how>',
        'what a request gets that is made more often than it was recorded',
      ).choices(['error', 'last', 'cycle']),
    )
    .option('--speed <n>', 'replay in recorded time, n times as fast (default: instantly)', positive)
    .addOption(
      new Option('--ttft <ms>', 'replay the first event of every answer after so many milliseconds')
        .argParser(milliseconds)
        .conflicts('speed'),
    )
    .addOption(new Option('--pace <n>', 'replay n events a second').argParser(positive).conflicts('speed'))
    .option('--redact <pattern>', 'a regular expression for what else is secret; may be given again', collect)
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
    .option('--faults <file>', 'failures to rehearse and limits, as JSON: see docs/faults.md')
    .addOption(
      new Option('--limit-clock <time>', 'what the time of limits goes by (default: manual)').choices([
        'manual',
        'real',
      ]),
    )
    .option('--keep-truncated', 'keep exchanges that broke off before their end')
  return withBoundFlags(flagged)
}

export function withModeFlag(command: Command): Command {
  return command.option('--mode <mode>', `${MODES.join(', ')} (OPENAI_VCR_MODE; default: replay)`)
}

export function withCassettesFlag(command: Command): Command {
  return command.option(
    '--cassettes <dir>',
    'the cassette directory (OPENAI_VCR_CASSETTES; default: cassettes)',
  )
}

/** @param mode what the command itself stands for, where no flag says otherwise */
export function resolveFlags({ env }: World, flags: ServerFlags, mode?: string): ResolvedOptions {
  const chosen = flags.mode ?? mode
  return resolveOptions(
    {
      timing: timingOf(flags),
      redact: (flags.redact ?? []).map(toRule),
      keepTruncated: flags.keepTruncated ?? false,
      ...(flags.faults === undefined ? {} : faultsFile(flags.faults, openai.errors.names)),
      limitClock: flags.limitClock ?? 'manual',
      ...boundsOf(flags),
      matchers: {
        ignore: flags.ignore ?? [],
        only: flags.only ?? [],
        volatile: flags.volatile ?? [],
        headers: flags.matchHeader ?? [],
        align: flags.align,
        ...(flags.ignoreToolSchemas ? { ignoreToolSchemas: true } : {}),
      },
    },
    env,
    {
      ...(chosen === undefined ? {} : { mode: chosen }),
      ...(flags.cassettes === undefined ? {} : { dir: flags.cassettes }),
      ...(flags.upstream === undefined ? {} : { upstream: flags.upstream }),
    },
  )
}

function timingOf({ speed, ttft, pace }: ServerFlags): Timing {
  if (speed !== undefined) return { speed }
  if (ttft === undefined && pace === undefined) return 'instant'
  return { ...(ttft === undefined ? {} : { ttft }), ...(pace === undefined ? {} : { pace }) }
}

export function wholeNumber(most: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= most) return Number(text)
    throw new InvalidArgumentError(`expected a whole number from 0 to ${most}.`)
  }
}

function positive(text: string): number {
  if (Number(text) > 0 && Number.isFinite(Number(text))) return Number(text)
  throw new InvalidArgumentError('expected a number over 0.')
}

function milliseconds(text: string): number {
  return text === '0' ? 0 : positive(text)
}

function volatileRules(text: string): readonly VolatileRule[] {
  return text.split(',').map((name) => {
    const known = VOLATILE_RULES.find((each) => each === name.trim())
    if (known !== undefined) return known
    throw new InvalidArgumentError(`the rules are ${VOLATILE_RULES.join(', ')}.`)
  })
}

function cassetteName(text: string): string {
  checkName(text)
  return text
}

function collect(text: string, all: readonly string[] = []): readonly string[] {
  return [...all, text]
}

export function toRule(pattern: string): RedactRule {
  try {
    return new RegExp(pattern)
  } catch (error) {
    throw new UsageError(`--redact '${pattern}' is no regular expression: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
