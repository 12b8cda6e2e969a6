import { LIMITS, type Limits } from '../../api/limits.ts'
import { EXPIRES, type Expires } from '../../cassette/expiry.ts'
import { MODE, type Mode } from '../../engine/modes.ts'
import { TIMING, type Timing } from '../../engine/timing.ts'
import { type Members, object } from '../../json/input/object.ts'
import { BOOLEAN, oneOf, optional, parsed, type Shape, someString, string } from '../../json/input/shape.ts'
import type { Repeat } from '../../match/lookup.ts'
import { type MatcherOptions, MATCHERS } from '../../match/rules.ts'
import { ERROR_NAMES } from '../../openai/errors/catalogue.ts'
import { type Budget, BUDGET } from '../../policies/budget/amount.ts'
import type { FaultRule } from '../../policies/faults/rules.ts'
import { faultRules } from '../../policies/faults/shapes.ts'
import { LIMIT_TIME, type LimitTime } from '../../policies/limits/limit-clock.ts'
import { REDACT_RULES, type RedactRule } from '../../redact/rules.ts'

export interface CassetteOptions extends RecordingOptions, ReplayOptions, SimulationOptions {}

/** Where recordings are, what they contain, and how long they stay valid. */
export interface RecordingOptions {
  /**
   * Whether requests are replayed, recorded or sent live. The environment variable OPENAI_VCR_MODE overrides it.
   * @default 'replay'
   */
  readonly mode?: Mode
  /**
   * The cassette directory. The environment variable OPENAI_VCR_CASSETTES overrides it.
   * @default 'cassettes'
   */
  readonly dir?: string
  /**
   * The base URL of the API to record. The path of each request is appended. The environment variable
   * OPENAI_VCR_UPSTREAM overrides it.
   * @default the host that the client sends the request to, or https://api.openai.com
   * @example 'https://openrouter.ai/api'
   */
  readonly upstream?: string
  /**
   * What to redact in addition to keys, credentials, and organization and project ids. Redaction comes before
   * anything is matched, stored or shown.
   * @example [/cust_[a-z0-9]{8}/, { header: 'x-internal-trace' }]
   */
  readonly redact?: readonly RedactRule[]
  /**
   * Record responses that ended early because the client left or the upstream broke off. A replay then breaks off
   * at the same byte.
   * @default false
   */
  readonly keepTruncated?: boolean
  /**
   * The maximum age of recordings in days, weeks, months or years, and what happens when an older one is replayed:
   * `'warn'`, `'fail'` or `'rerecord'`. Overrides the cassette file and the configuration file.
   * @default recordings do not expire
   * @example '30d'
   * @example { after: '6mo', action: 'fail' }
   */
  readonly expires?: Expires
}

/** How requests are matched, and how responses are replayed. */
export interface ReplayOptions {
  /**
   * Parts of requests to ignore or to normalize before they are compared.
   * @example { ignore: ['$.metadata.run_id'], volatile: ['dates'] }
   */
  readonly matchers?: MatcherOptions
  /**
   * What to do when a request is sent more often than it was recorded: fail with `'error'`, repeat the `'last'`
   * response, or `'cycle'` through all of them.
   * @default 'error'
   */
  readonly repeat?: Repeat
  /**
   * When to send replayed bytes: `'instant'`, `{ speed: 1 }` for recorded time and 2 for twice as fast, or
   * `{ ttft, pace }` for milliseconds to the first event and events per second.
   * @default 'instant'
   * @example { ttft: 300, pace: 50 }
   */
  readonly timing?: Timing
  /**
   * Fail when a replay closes and some recorded interactions were never played.
   * @default false
   */
  readonly strictUnused?: boolean
}

/** Failures, rate limits and budgets. */
export interface SimulationOptions {
  /**
   * Failures to simulate, counted in each session from its first request.
   * @example [{ when: { path: '/v1/chat/completions' }, nth: 2, error: 'rate_limit_requests' }]
   */
  readonly faults?: readonly FaultRule[]
  /**
   * Rate limits of a session: requests and tokens a minute for each model. `*` is for all other models.
   * @example { 'gpt-4o': { requests: 3, tokens: 1000 } }
   */
  readonly limits?: Limits
  /**
   * The clock of `limits`: `'manual'` advances only by `vcr.advance(ms)`, `'real'` follows the system clock, and an
   * object with `now()` is your own clock, such as `Date` under fake timers.
   * @default 'manual'
   */
  readonly limitClock?: LimitTime
  /**
   * The maximum usage in US dollars, tokens or both, whether replayed, recorded or live. Further requests to a
   * model get OpenAI's error `insufficient_quota`. It applies to everything that is opened with these options,
   * such as a server's whole run.
   * @default no limit
   * @example { usd: 0.01 }
   * @example { tokens: 20_000 }
   */
  readonly budget?: Budget
}

/** A base URL without a slash at its end. */
export const UPSTREAM: Shape<string> = parsed(
  string("a URL, such as 'https://api.openai.com'"),
  (upstream, place) => {
    const url = URL.canParse(upstream) ? new URL(upstream) : undefined
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
      return place.expected(UPSTREAM.expected, withoutCredentials(upstream))
    if (url.search === '' && url.hash === '' && url.username === '' && url.password === '')
      return upstream.replace(/\/+$/, '')
    return place.refuse(
      'expected a URL without user, query and fragment: the environment and the client have the credentials',
    )
  },
)

/** Removes the parts that may contain a secret from a text that may be a URL. */
function withoutCredentials(text: string): string {
  return text.replace(/[?#].*/s, '').replace(/[^/]*@/, '…@')
}

export const DIRECTORY = someString("a directory, such as 'cassettes'")

export const REPEATS: readonly Repeat[] = ['error', 'last', 'cycle']

/** The options of `openCassette`. */
export const CASSETTE_OPTIONS: Members<CassetteOptions> = {
  mode: optional(MODE),
  dir: optional(DIRECTORY),
  upstream: optional(UPSTREAM),
  repeat: optional(oneOf(REPEATS)),
  timing: optional(TIMING),
  redact: optional(REDACT_RULES),
  keepTruncated: optional(BOOLEAN),
  matchers: optional(MATCHERS),
  strictUnused: optional(BOOLEAN),
  faults: optional(faultRules(ERROR_NAMES)),
  limits: optional(LIMITS),
  limitClock: optional(LIMIT_TIME),
  expires: optional(EXPIRES),
  budget: optional(BUDGET),
}

export const OPTIONS: Shape<CassetteOptions> = object<CassetteOptions>(
  "an object, such as { mode: 'record' }",
  CASSETTE_OPTIONS,
)

/** What `close` takes. A slip in it would write a recording that was to be thrown away. */
export const CLOSE_OPTIONS = object<{ readonly keep?: boolean }>('an object, such as { keep: false }', {
  keep: optional(BOOLEAN),
})

/** What `usage` takes. */
export const USAGE_OPTIONS = object<{ readonly estimates?: boolean }>(
  'an object, such as { estimates: false }',
  {
    estimates: optional(BOOLEAN),
  },
)
