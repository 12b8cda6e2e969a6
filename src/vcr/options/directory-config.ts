import { type Budget, readBudget } from '../../policies/budget/amount.ts'
import { type Expires, type Expiry, readExpires } from '../../cassette/expiry.ts'
import { checkMatchers, type MatcherOptions } from '../../match/rules.ts'
import { UsageError } from '../../messages/errors.ts'
import type { Catalog, Entry } from '../../engine/library/catalog.ts'
import { checkUpstream } from './options.ts'
import { identify } from '../../openai/shapes.ts'

/** What `openai-vcr.config.json` in a cassette directory says: for all cassettes, and for some by name. */
export interface DirectoryConfig {
  readonly matchers?: MatcherOptions
  /** Where requests are sent to be recorded, unless a flag, the environment or the code says. */
  readonly upstream?: string
  /** How old recordings may grow. */
  readonly expires?: Expires
  /** What may be used, by whatever opens a cassette of it. */
  readonly budget?: Budget
  /** By name; `*` stands for any characters. */
  readonly cassettes?: Readonly<
    Record<
      string,
      { readonly matchers?: MatcherOptions; readonly upstream?: string; readonly expires?: Expires }
    >
  >
}

/**
 * The rules for one cassette, or for a whole directory: what is for all, then what is for it, then the code's.
 * @throws UsageError for what are no rules
 */
export function rulesOf(
  config: DirectoryConfig,
  name: string | undefined,
  own: MatcherOptions,
): MatcherOptions {
  const named = entriesFor(config, name).map(({ matchers }) => matchers ?? {})
  const all = [config.matchers ?? {}, ...named, own]
  for (const each of all) checkMatchers(each)
  return all.reduce(joined, {})
}

/** Where one cassette is recorded from: of several that fit its name the last, else what is for all. */
export function upstreamOf(config: DirectoryConfig, name: string): string | undefined {
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
  config: DirectoryConfig,
  name: string,
  { told, own }: { readonly told?: Expiry | undefined; readonly own: Expires | undefined },
): Expiry | undefined {
  if (told !== undefined) return told
  const named = entriesFor(config, name).findLast(({ expires }) => expires !== undefined)
  const expires = own ?? named?.expires ?? config.expires
  return expires === undefined ? undefined : readExpires(expires, 'expires')
}

/**
 * What may be used.
 * @param told by a flag, or in code: it goes before
 */
export function budgetOf({ budget }: DirectoryConfig, told: Budget | undefined): Budget | undefined {
  return told ?? budget
}

function entriesFor(
  { cassettes = {} }: DirectoryConfig,
  name: string | undefined,
): NonNullable<DirectoryConfig['cassettes']>[string][] {
  return Object.entries(cassettes).flatMap(([pattern, entry]) =>
    name !== undefined && fits(pattern, name) ? [entry] : [],
  )
}

function fits(pattern: string, name: string): boolean {
  const literal = pattern.split('*').map((each) => each.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${literal.join('.*')}$`).test(name)
}

/** Lists are joined; of single values the later one holds. */
function joined(a: MatcherOptions, b: MatcherOptions): MatcherOptions {
  const lists = ['ignore', 'only', 'normalize', 'volatile', 'headers'] as const
  const merged = { ...a, ...b }
  return lists.reduce((out, key) => {
    const list = [...(a[key] ?? []), ...(b[key] ?? [])]
    return list.length === 0 ? out : { ...out, [key]: [...new Set<unknown>(list)] }
  }, merged)
}

/** @throws UsageError that names the file and the field */
export function readConfig(data: unknown, file: string): DirectoryConfig {
  const config = fields(data, ['matchers', 'upstream', 'expires', 'budget', 'cassettes'], file)
  const cassettes =
    config['cassettes'] === undefined ? {} : fields(config['cassettes'], undefined, `${file}: cassettes`)
  checkUpstreamOf(config, file)
  checkExpiresOf(config, file)
  if (config['budget'] !== undefined) readBudget(config['budget'], `${file}: budget`)
  for (const [pattern, entry] of Object.entries(cassettes)) {
    const where = `${file}: cassettes['${pattern}']`
    const own = fields(entry, ['matchers', 'upstream', 'expires'], where)
    checkUpstreamOf(own, where)
    checkExpiresOf(own, where)
  }
  if (config['matchers'] !== undefined) fields(config['matchers'], undefined, `${file}: matchers`)
  return config as DirectoryConfig
}

function checkUpstreamOf({ upstream }: Record<string, unknown>, where: string): void {
  if (upstream === undefined) return
  if (typeof upstream !== 'string') throw new UsageError(`${where}: upstream must be a URL`)
  try {
    checkUpstream(upstream)
  } catch (error) {
    throw new UsageError(`${where}: ${(error as Error).message}`, { cause: error })
  }
}

function checkExpiresOf({ expires }: Record<string, unknown>, where: string): void {
  if (expires !== undefined) readExpires(expires, `${where}: expires`)
}

function fields(data: unknown, known: readonly string[] | undefined, where: string): Record<string, unknown> {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new UsageError(`${where}: expected a JSON object`)
  const unknown = Object.keys(data).find((key) => known !== undefined && !known.includes(key))
  if (unknown !== undefined)
    throw new UsageError(`${where}: unknown field '${unknown}'; known are ${known?.join(', ')}`)
  return data as Record<string, unknown>
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
