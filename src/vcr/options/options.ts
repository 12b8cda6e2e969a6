import { UsageError } from '../../messages/errors.ts'
import { type Budget, readBudget } from '../../policies/budget/amount.ts'
import { type Expires, type Expiry, readExpires } from '../../cassette/expiry.ts'
import type { Limits } from '../../api/limits.ts'
import type { FaultRule } from '../../policies/faults/rules.ts'
import type { Repeat } from '../../match/lookup.ts'
import type { MatcherOptions } from '../../match/rules.ts'
import { secretShapes } from '../../openai/shapes.ts'
import { didYouMean } from '../../messages/nearest-word.ts'
import { Redactor } from '../../redact/redactor.ts'
import type { RedactRule } from '../../redact/rules.ts'
import { checkTiming, type Timing } from '../../engine/timing.ts'
import { checkLimitTime, type LimitTime } from '../../policies/limits/limit-clock.ts'
import type { Env, Mode } from '../../engine/modes.ts'
import { resolveMode } from '../../engine/modes.ts'

export interface CassetteOptions {
  /**
   * What is replayed and what is recorded. The environment's OPENAI_VCR_MODE goes before it.
   * @default 'replay'
   */
  readonly mode?: Mode
  /**
   * The cassette directory. The environment's OPENAI_VCR_CASSETTES goes before it.
   * @default 'cassettes'
   */
  readonly dir?: string
  /**
   * Where requests are sent to be recorded: their path is appended. The environment's
   * OPENAI_VCR_UPSTREAM goes before it.
   * @default the host that the client asked, or https://api.openai.com
   * @example 'https://openrouter.ai/api'
   */
  readonly upstream?: string
  /**
   * What happens when a request is made more often than it was recorded: an error, the
   * last answer again, or all of them from the first.
   * @default 'error'
   */
  readonly repeat?: Repeat
  /**
   * When replayed bytes are due: `'instant'`, `{ speed: 1 }` for recorded time and 2 for
   * twice as fast, or `{ ttft, pace }`: milliseconds to the first event, and events a second.
   * @default 'instant'
   * @example { ttft: 300, pace: 50 }
   */
  readonly timing?: Timing
  /**
   * What else to take out before anything is compared, kept or shown, besides keys,
   * credentials, and organisation and project ids.
   * @example [/cust_[a-z0-9]{8}/, { header: 'x-internal-trace' }]
   */
  readonly redact?: readonly RedactRule[]
  /**
   * Keep exchanges whose client left, or whose upstream broke off, before the end. A
   * replay then breaks off at the same byte.
   * @default false
   */
  readonly keepTruncated?: boolean
  /**
   * What of a request does not count, or is evened out, when it is compared.
   * @example { ignore: ['$.metadata.run_id'], volatile: ['dates'] }
   */
  readonly matchers?: MatcherOptions
  /**
   * Make it an error, when a replay is closed, that recorded interactions were never played.
   * @default false
   */
  readonly strictUnused?: boolean
  /**
   * Failures to rehearse, counted in each session from its first request.
   * @example [{ when: { path: '/v1/chat/completions' }, nth: 2, error: 'rate_limit_requests' }]
   */
  readonly faults?: readonly FaultRule[]
  /**
   * Requests and tokens that each model takes a minute in a session; `*` is for all others.
   * @example { 'gpt-4o': { requests: 3, tokens: 1000 } }
   */
  readonly limits?: Limits
  /**
   * What the time of `limits` goes by: it stands still but for `vcr.advance(ms)`, goes on by
   * itself, or is that of a clock of one's own, such as `Date` under fake timers.
   * @default 'manual'
   */
  readonly limitClock?: LimitTime
  /**
   * How old recordings may grow, and what happens when an older one is replayed: days, weeks, months or years, and
   * `'warn'`, `'fail'` or `'rerecord'`. It goes before what the cassette's file and `openai-vcr.config.json` say.
   * @default recordings grow as old as they like
   * @example '30d'
   * @example { after: '6mo', action: 'fail' }
   */
  readonly expires?: Expires
  /**
   * What may be used, in US dollars, tokens or both: replayed, recorded and live. Requests that ask a model are
   * answered with OpenAI's error `insufficient_quota` from then on. It is for what this opens, a server's whole run.
   * @default no end
   * @example { usd: 0.01 }
   * @example { tokens: 20_000 }
   */
  readonly budget?: Budget
}

export const CASSETTE_OPTIONS = [
  'mode',
  'dir',
  'upstream',
  'repeat',
  'timing',
  'redact',
  'keepTruncated',
  'matchers',
  'strictUnused',
  'faults',
  'limits',
  'limitClock',
  'expires',
  'budget',
] as const

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

/**
 * Checks options and lets the environment go before them.
 * @param flags what the command line says, which goes before both
 * @throws UsageError that names the option, and the nearest known one where it is unknown
 */
export function resolveOptions(
  options: CassetteOptions,
  env: Env,
  flags: Partial<Record<'mode' | 'dir' | 'upstream', string>> = {},
): ResolvedOptions {
  if (typeof options !== 'object' || options === null)
    throw new UsageError("options must be an object, such as { mode: 'record' }")
  for (const [key, value] of Object.entries(options)) {
    if (!(CASSETTE_OPTIONS as readonly string[]).includes(key))
      throw new UsageError(`unknown option '${key}'${didYouMean(key, CASSETTE_OPTIONS)}`)
    checkType(key, value)
  }
  const upstream = flags.upstream ?? filled(env['OPENAI_VCR_UPSTREAM']) ?? options.upstream
  return {
    mode: resolveMode({ flag: flags.mode, code: options.mode }, env),
    dir: flags.dir ?? filled(env['OPENAI_VCR_CASSETTES']) ?? options.dir ?? 'cassettes',
    upstream: upstream === undefined ? undefined : checkUpstream(upstream),
    repeat: checkRepeat(options.repeat ?? 'error'),
    timing: checkTiming(options.timing ?? 'instant'),
    redact: options.redact ?? [],
    keepTruncated: options.keepTruncated ?? false,
    matchers: options.matchers ?? {},
    strictUnused: options.strictUnused ?? false,
    faults: options.faults ?? [],
    limits: options.limits ?? {},
    limitClock: checkLimitTime(options.limitClock ?? 'manual'),
    expires: options.expires === undefined ? undefined : readExpires(options.expires, "the option 'expires'"),
    budget: options.budget === undefined ? undefined : readBudget(options.budget, "the option 'budget'"),
  }
}

const TYPES: Readonly<Record<string, readonly [type: string, inWords: string]>> = {
  dir: ['string', "a text, such as 'cassettes'"],
  upstream: ['string', "a text, such as 'https://api.openai.com'"],
  keepTruncated: ['boolean', 'true or false'],
  strictUnused: ['boolean', 'true or false'],
}

/** For callers without types: `'false'` is true, and a URL object no text. */
function checkType(key: string, value: unknown): void {
  const [type, inWords] = TYPES[key] ?? []
  if (type !== undefined && value !== undefined && typeof value !== type)
    throw new UsageError(`the option '${key}' must be ${inWords}`)
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

/** @throws UsageError for what is no URL of an API */
export function checkUpstream(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') {
    if (url.search === '' && url.hash === '' && url.username === '' && url.password === '')
      return text.replace(/\/+$/, '')
    throw new UsageError(
      'the upstream URL must have no user, query or fragment; OPENAI_API_KEY and the client carry the credentials',
    )
  }
  throw new UsageError(`'${withoutKeys(text)}' is no upstream: expected a URL such as https://api.openai.com`)
}

/** A text for a message or a name, without what is shaped like a key. */
export function withoutKeys(text: string): string {
  return new Redactor(secretShapes, []).text(text)
}

const REPEATS: readonly Repeat[] = ['error', 'last', 'cycle']

export function checkRepeat(text: string): Repeat {
  const known = REPEATS.find((each) => each === text)
  if (known === undefined)
    throw new UsageError(`'${text}' is no way to repeat: expected ${REPEATS.join(', ')}`)
  return known
}

/** The secrets that the environment holds: every *_KEY, *_TOKEN, *_SECRET and *_PASSWORD, and OpenAI's account ids. */
export function secretsOf(env: Env): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && /_(?:KEY|TOKEN|SECRET|PASSWORD)$|^OPENAI_(?:ORG|PROJECT)_ID$/i.test(name)
      ? [value]
      : [],
  )
}
