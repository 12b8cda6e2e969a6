import { EXPIRES, type Expires, type Expiry, parseExpires } from '../../cassette/expiry.ts'
import type { Catalog, Entry } from '../../engine/library/catalog.ts'
import { described } from '../../json/input/json-schema.ts'
import { type Members, object, record } from '../../json/input/object.ts'
import { optional, parsed, type Shape, string } from '../../json/input/shape.ts'
import { type MatcherOptions, MATCHERS } from '../../match/rules.ts'
import { CASSETTE_NAME } from '../../node/cassette-name.ts'
import { identify } from '../../openai/shapes.ts'
import { type Budget, BUDGET } from '../../policies/budget/amount.ts'
import { UPSTREAM } from './options.ts'

/** The configuration of a project's cassettes: for all of them, and for some by name. */
export interface Config extends CassetteConfig {
  /** The JSON Schema of the file, for editors. */
  readonly $schema?: string
  /** What may be used, by whatever opens a cassette. */
  readonly budget?: Budget
  /**
   * By name; `*` stands for any characters.
   * @example { 'agents/*': { expires: '30d' } }
   */
  readonly cassettes?: Readonly<Record<string, CassetteConfig>>
}

interface CassetteConfig {
  readonly matchers?: MatcherOptions
  /** Where requests are sent to be recorded, unless a flag, the environment or the code says. */
  readonly upstream?: string
  /** How old recordings may grow. */
  readonly expires?: Expires
}

/**
 * Types the configuration in `openai-vcr.config.ts`.
 * @example export default defineConfig({ matchers: { volatile: ['dates'] } })
 */
export function defineConfig(config: Config): Config {
  return config
}

const EACH: Members<CassetteConfig> = {
  matchers: optional(MATCHERS),
  upstream: optional(described(UPSTREAM, 'Where requests are sent to be recorded: their path is appended')),
  expires: optional(EXPIRES),
}

/** A name with `*` in it, or without. */
const NAME_PATTERN = parsed(string(), (pattern, place) => {
  CASSETTE_NAME.read(pattern.replaceAll('*', 'x'), place)
  return pattern
})

export const CONFIG: Shape<Config> = object<Config>(
  "an object, such as { matchers: { volatile: ['dates'] } }",
  {
    $schema: optional(string()),
    ...EACH,
    budget: optional(
      described(BUDGET, 'What may be used by whatever opens a cassette: US dollars, tokens or both'),
    ),
    cassettes: optional(
      described(
        record(
          object<CassetteConfig>("an object, such as { expires: '30d' }", EACH),
          "an object with settings by cassette, such as { 'agents/*': { expires: '30d' } }",
          NAME_PATTERN,
        ),
        'Settings for some cassettes, by name; * stands for any characters',
      ),
    ),
  },
)

/**
 * The rules for one cassette, or for a whole directory: what is for all, then what is for it, then the code's. */
export function rulesOf(config: Config, name: string | undefined, own: MatcherOptions): MatcherOptions {
  const named = entriesFor(config, name).map(({ matchers }) => matchers ?? {})
  return [config.matchers ?? {}, ...named, own].reduce(joinedMatchers, {})
}

/** Where one cassette is recorded from: of several that fit its name the last, else what is for all. */
export function upstreamOf(config: Config, name: string): string | undefined {
  const named = entriesFor(config, name).findLast(({ upstream }) => upstream !== undefined)
  return named?.upstream ?? config.upstream
}

/**
 * How old a cassette may grow: what is told, else what its file says, else of what fits its name the last, else what
 * is for all; undefined where nobody says.
 * @param told by a flag, or in code
 * @param own what its file says
 */
export function expiryOf(
  config: Config,
  name: string,
  { told, own }: { readonly told?: Expiry | undefined; readonly own: Expires | undefined },
): Expiry | undefined {
  if (told !== undefined) return told
  const named = entriesFor(config, name).findLast(({ expires }) => expires !== undefined)
  const expires = own ?? named?.expires ?? config.expires
  return expires === undefined ? undefined : parseExpires(expires)
}

/**
 * What may be used.
 * @param told by a flag, or in code: it goes before
 */
export function budgetOf({ budget }: Config, told: Budget | undefined): Budget | undefined {
  return told ?? budget
}

function entriesFor(
  { cassettes = {} }: Config,
  name: string | undefined,
): NonNullable<Config['cassettes']>[string][] {
  return Object.entries(cassettes).flatMap(([pattern, entry]) =>
    name !== undefined && fits(pattern, name) ? [entry] : [],
  )
}

function fits(pattern: string, name: string): boolean {
  const literal = pattern.split('*').map((each) => each.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${literal.join('.*')}$`).test(name)
}

/** Lists are joined; of single values the later one holds. */
export function joinedMatchers(a: MatcherOptions, b: MatcherOptions): MatcherOptions {
  const lists = ['ignore', 'only', 'normalize', 'volatile', 'headers'] as const
  const merged = { ...a, ...b }
  return lists.reduce((out, key) => {
    const list = [...(a[key] ?? []), ...(b[key] ?? [])]
    return list.length === 0 ? out : { ...out, [key]: [...new Set<unknown>(list)] }
  }, merged)
}

/** Recorded requests that differ without the matcher rules and are equal under them: a sentence for each group. */
export function collisions(catalog: Catalog): string[] {
  const number = (entry: Entry): number =>
    catalog.entries.filter(({ cassette }) => cassette === entry.cassette).indexOf(entry) + 1
  return [...catalog.index.values()].flatMap((equals) => {
    const different = new Map(equals.map((entry) => [identify(entry.interaction.request).fingerprint, entry]))
    if (different.size < 2) return []
    const names = [...different.values()].map((entry) => `${number(entry)} of '${entry.cassette}'`)
    return [
      `the matcher rules make interactions ${names.join(' and ')} equal, which differ without them: they are answered in their recorded order`,
    ]
  })
}
