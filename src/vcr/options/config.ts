import { EXPIRES, type Expires, type Expiry, parseExpires } from '../../cassette/expiry.ts'
import type { Catalog, Entry } from '../../engine/library/catalog.ts'
import { described } from '../../json/input/json-schema.ts'
import { type Members, object, record } from '../../json/input/object.ts'
import { optional, parsed, type Shape, string } from '../../json/input/shape.ts'
import { type MatcherOptions, MATCHERS } from '../../match/rules.ts'
import { wildcard } from '../../match/wildcard.ts'
import { CASSETTE_NAME } from '../../node/cassette-name.ts'
import { identify } from '../../openai/shapes.ts'
import { type Budget, BUDGET } from '../../policies/budget/amount.ts'
import { UPSTREAM } from './options.ts'

/** The configuration of a project's cassettes, for all of them and for some by name. */
export interface Config extends CassetteConfig {
  /** The JSON Schema of the file, for editors. */
  readonly $schema?: string
  /** The budget of everything that opens a cassette. */
  readonly budget?: Budget
  /**
   * Settings by cassette name. `*` matches any characters.
   * @example { 'agents/*': { expires: '30d' } }
   */
  readonly cassettes?: Readonly<Record<string, CassetteConfig>>
}

interface CassetteConfig {
  readonly matchers?: MatcherOptions
  /** The base URL of the API to record. A flag, the environment or code overrides it. */
  readonly upstream?: string
  /** When recordings expire. */
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
  upstream: optional(
    described(UPSTREAM, 'URL of the API to record from; the path of each request is appended'),
  ),
  expires: optional(EXPIRES),
}

/** A cassette name, which may contain `*`. */
const NAME_PATTERN = parsed(string(), (pattern, place) => {
  CASSETTE_NAME.read(pattern.replaceAll('*', 'x'), place)
  return pattern
})

export const CONFIG: Shape<Config> = object<Config>(
  "an object, such as { matchers: { volatile: ['dates'] } }",
  {
    $schema: optional(described(string(), 'The JSON Schema of this file, for editors')),
    ...EACH,
    budget: optional(
      described(
        BUDGET,
        'What may be spent by each session, or each run of a server: US dollars, tokens or both',
        { minProperties: 1 },
      ),
    ),
    cassettes: optional(
      described(
        record(
          object<CassetteConfig>("an object, such as { expires: '30d' }", EACH),
          "an object with settings by cassette, such as { 'agents/*': { expires: '30d' } }",
          NAME_PATTERN,
        ),
        'Settings for single cassettes, by name; * matches any characters',
      ),
    ),
  },
)

/** The matcher rules of one cassette or a directory: first those for all, then those for its name, then those in code. */
export function rulesOf(config: Config, name: string | undefined, own: MatcherOptions): MatcherOptions {
  const named = entriesFor(config, name).map(({ matchers }) => matchers ?? {})
  return [config.matchers ?? {}, ...named, own].reduce(joinedMatchers, {})
}

/** The upstream of one cassette: the last entry that matches its name, else the one for all. */
export function upstreamOf(config: Config, name: string): string | undefined {
  const named = entriesFor(config, name).findLast(({ upstream }) => upstream !== undefined)
  return named?.upstream ?? config.upstream
}

/**
 * When a cassette expires: the setting of a flag or of code, else of its file, else of the last entry that
 * matches its name, else the one for all. Undefined where there is no setting.
 * @param chosen by a flag or in code
 * @param own the setting in the cassette's file
 */
export function expiryOf(
  config: Config,
  name: string,
  { chosen, own }: { readonly chosen?: Expiry | undefined; readonly own: Expires | undefined },
): Expiry | undefined {
  if (chosen !== undefined) return chosen
  const named = entriesFor(config, name).findLast(({ expires }) => expires !== undefined)
  const expires = own ?? named?.expires ?? config.expires
  return expires === undefined ? undefined : parseExpires(expires)
}

/** @param chosen by a flag or in code, which overrides the file */
export function budgetOf({ budget }: Config, chosen: Budget | undefined): Budget | undefined {
  return chosen ?? budget
}

function entriesFor(
  { cassettes = {} }: Config,
  name: string | undefined,
): NonNullable<Config['cassettes']>[string][] {
  return Object.entries(cassettes).flatMap(([pattern, entry]) =>
    name !== undefined && wildcard(pattern).test(name) ? [entry] : [],
  )
}

/** Concatenates lists. A later single value replaces an earlier one. */
export function joinedMatchers(a: MatcherOptions, b: MatcherOptions): MatcherOptions {
  const lists = ['ignore', 'only', 'normalize', 'volatile', 'headers'] as const
  const merged = { ...a, ...b }
  return lists.reduce((out, key) => {
    const list = [...(a[key] ?? []), ...(b[key] ?? [])]
    return list.length === 0 ? out : { ...out, [key]: [...new Set<unknown>(list)] }
  }, merged)
}

/** Describes groups of recorded requests that are equal only because of the matcher rules. */
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
