import type { Limits } from '../../api/limits.ts'
import { type Expiry, parseExpires } from '../../cassette/expiry.ts'
import { type Env, type Mode, resolveMode } from '../../engine/modes.ts'
import type { Timing } from '../../engine/timing.ts'
import { optionsFrom } from '../../json/input/place.ts'
import type { Repeat } from '../../match/lookup.ts'
import type { MatcherOptions } from '../../match/rules.ts'
import type { Budget } from '../../policies/budget/amount.ts'
import type { FaultRule } from '../../policies/faults/rules.ts'
import type { LimitTime } from '../../policies/limits/limit-clock.ts'
import type { RedactRule } from '../../redact/rules.ts'
import { type CassetteOptions, OPTIONS, UPSTREAM } from './options.ts'
import { redactWith } from './secrets.ts'

export interface ResolvedOptions {
  readonly mode: Mode
  readonly dir: string
  /** Undefined when nobody said: the client's own host then, or OpenAI's. */
  readonly upstream: string | undefined
  readonly repeat: Repeat
  readonly timing: Timing
  readonly redact: readonly RedactRule[]
  readonly keepTruncated: boolean
  readonly matchers: MatcherOptions
  readonly strictUnused: boolean
  readonly faults: readonly FaultRule[]
  readonly limits: Limits
  readonly limitClock: LimitTime
  readonly expires: Expiry | undefined
  readonly budget: Budget | undefined
}

/** What the command line says, which goes before everything else. Checked. */
export interface ChosenByFlag {
  readonly mode?: Mode
  readonly dir?: string
  readonly upstream?: string
}

/**
 * Checks options and lets the environment go before them.
 * @throws UsageError that names the option, what it takes and what was found
 */
export function resolveOptions(given: CassetteOptions, env: Env, flags: ChosenByFlag = {}): ResolvedOptions {
  const redact = redactWith(env)
  const options = OPTIONS.read(given, optionsFrom('', redact))
  const upstream = filled(env['OPENAI_VCR_UPSTREAM'])
  const fromEnv = upstream && UPSTREAM.read(upstream, optionsFrom('OPENAI_VCR_UPSTREAM', redact))
  return {
    mode: resolveMode({ flag: flags.mode, code: options.mode }, env, redact),
    dir: flags.dir ?? filled(env['OPENAI_VCR_CASSETTES']) ?? options.dir ?? 'cassettes',
    upstream: flags.upstream ?? fromEnv ?? options.upstream,
    repeat: options.repeat ?? 'error',
    timing: options.timing ?? 'instant',
    redact: options.redact ?? [],
    keepTruncated: options.keepTruncated ?? false,
    matchers: options.matchers ?? {},
    strictUnused: options.strictUnused ?? false,
    faults: options.faults ?? [],
    limits: options.limits ?? {},
    limitClock: options.limitClock ?? 'manual',
    expires: options.expires === undefined ? undefined : parseExpires(options.expires),
    budget: options.budget,
  }
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
