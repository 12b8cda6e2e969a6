import { type Expiry, parseExpires } from '../../cassette/expiry.ts'
import { type Env, type Mode, resolveMode } from '../../engine/modes.ts'
import { optionsFrom } from '../../json/input/place.ts'
import type { Budget } from '../../policies/budget/amount.ts'
import { type CassetteOptions, OPTIONS, UPSTREAM } from './options.ts'
import { redactWith } from './secrets.ts'

/** Options with their defaults, and the environment's values. */
export interface ResolvedOptions extends Required<Omit<CassetteOptions, 'upstream' | 'expires' | 'budget'>> {
  /** Undefined means the host that the client sends the request to, or OpenAI's. */
  readonly upstream: string | undefined
  readonly expires: Expiry | undefined
  readonly budget: Budget | undefined
}

/** Validated values from the command line, which override everything else. */
export interface ChosenByFlag {
  readonly mode?: Mode
  readonly dir?: string
  readonly upstream?: string
}

/**
 * Validates options, and lets flags and the environment override them.
 * @throws UsageError with the option, the expected value and the actual one
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
