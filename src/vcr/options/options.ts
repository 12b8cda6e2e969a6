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

/** A URL to which paths are appended, without a slash at its end. */
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

/** A text that may be meant for a URL, without what may be a secret in one. */
function withoutCredentials(text: string): string {
  return text.replace(/[?#].*/s, '').replace(/[^/]*@/, '…@')
}

export const DIRECTORY = someString("a directory, such as 'cassettes'")

export const REPEATS: readonly Repeat[] = ['error', 'last', 'cycle']

/** What each option of `openCassette` may be. */
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
