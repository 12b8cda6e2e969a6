import type { Command } from 'commander'
import { MODE, type Mode, MODES } from '../../engine/modes.ts'
import { CASSETTE_NAME } from '../../node/cassette-name.ts'
import type { RedactRule } from '../../redact/rules.ts'
import { readFaultsFile } from '../../vcr/options/faults-file.ts'
import { UPSTREAM } from '../../vcr/options/options.ts'
import { type ResolvedOptions, resolveOptions } from '../../vcr/options/resolve-options.ts'
import type { World } from '../terminal/world.ts'
import { type BoundFlags, boundsOf, withBoundFlags } from './bound-flags.ts'
import { type CassettesFlag, withCassettesFlag } from './cassettes-flag.ts'
import { choice, flagValue, flagValues, REDACT_PATTERN } from './flag-values.ts'
import { type MatchFlags, matchersFrom, withMatchFlags } from './match-flags.ts'
import { type ReplayFlags, timingFrom, withReplayFlags } from './replay-flags.ts'

/** Flags of every command that starts a server. */
export type ServerFlags = LibraryFlags & RecordFlags & ReplayFlags & MatchFlags & FaultFlags & BoundFlags

/** Which cassettes, and where they are recorded from. */
interface LibraryFlags extends CassettesFlag {
  readonly mode?: Mode
  readonly cassette?: string
  readonly upstream?: string
}

interface RecordFlags {
  readonly redact?: readonly RedactRule[]
  readonly keepTruncated?: true
}

interface FaultFlags {
  readonly faults?: string
  readonly limitClock?: 'manual' | 'real'
}

/** In the order in which `--help` lists them. */
export function withServerFlags(command: Command): Command {
  withReplayFlags(withLibraryFlags(command)).option(
    '--redact <pattern>',
    'regular expression for further secrets to redact; repeatable',
    flagValues('--redact', REDACT_PATTERN),
  )
  withFaultFlags(withMatchFlags(command)).option(
    '--keep-truncated',
    'also record exchanges that were cut off before their end',
  )
  return withBoundFlags(command)
}

function withLibraryFlags(command: Command): Command {
  const named = command.option(
    '--cassette <name>',
    'cassette for requests that do not name one',
    flagValue('--cassette', CASSETTE_NAME),
  )
  return withCassettesFlag(named).option(
    '--upstream <url>',
    'URL of the API to record from; the path of each request is appended (OPENAI_VCR_UPSTREAM; default: https://api.openai.com)',
    flagValue('--upstream', UPSTREAM),
  )
}

function withFaultFlags(command: Command): Command {
  return command
    .option('--faults <file>', 'JSON file with faults and rate limits to simulate: see docs/faults.md')
    .addOption(
      choice('--limit-clock <time>', 'clock that rate limits use (default: manual)', ['manual', 'real']),
    )
}

/** @param whence where the mode comes from without the flag */
export function withModeFlag(command: Command, whence = 'OPENAI_VCR_MODE; default: replay'): Command {
  return command.option('--mode <mode>', `${MODES.join(', ')} (${whence})`, flagValue('--mode', MODE))
}

/** @param mode the command's own, where no flag names one */
export function resolveFlags({ env }: World, flags: ServerFlags, mode?: Mode): ResolvedOptions {
  const chosen = flags.mode ?? mode
  return resolveOptions(
    {
      timing: timingFrom(flags),
      redact: flags.redact ?? [],
      keepTruncated: flags.keepTruncated ?? false,
      ...(flags.faults === undefined ? {} : readFaultsFile(flags.faults)),
      limitClock: flags.limitClock ?? 'manual',
      ...boundsOf(flags),
      matchers: matchersFrom(flags),
    },
    env,
    {
      ...(chosen === undefined ? {} : { mode: chosen }),
      ...(flags.cassettes === undefined ? {} : { dir: flags.cassettes }),
      ...(flags.upstream === undefined ? {} : { upstream: flags.upstream }),
    },
  )
}
