import { checkMatchers, type MatcherOptions } from '../core/matching/rules.ts'
import { UsageError } from '../core/errors.ts'
import type { Catalog, Entry } from './catalog.ts'
import { identify } from '../core/matchers.ts'

/** What `openai-vcr.config.json` in a cassette directory says: for all cassettes, and for some by name. */
export interface DirectoryConfig {
  readonly matchers?: MatcherOptions
  /** By name; `*` stands for any characters. */
  readonly cassettes?: Readonly<Record<string, { readonly matchers?: MatcherOptions }>>
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
  const named = Object.entries(config.cassettes ?? {}).filter(
    ([pattern]) => name !== undefined && fits(pattern, name),
  )
  const all = [config.matchers ?? {}, ...named.map(([, { matchers }]) => matchers ?? {}), own]
  for (const each of all) checkMatchers(each)
  return all.reduce(joined, {})
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
  const config = fields(data, ['matchers', 'cassettes'], file)
  const cassettes =
    config['cassettes'] === undefined ? {} : fields(config['cassettes'], undefined, `${file}: cassettes`)
  for (const [pattern, entry] of Object.entries(cassettes))
    fields(entry, ['matchers'], `${file}: cassettes['${pattern}']`)
  if (config['matchers'] !== undefined) fields(config['matchers'], undefined, `${file}: matchers`)
  return config as DirectoryConfig
}

function fields(data: unknown, known: readonly string[] | undefined, where: string): Record<string, unknown> {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new UsageError(`${where}: expected a JSON object`)
  const unknown = Object.keys(data).find((key) => known !== undefined && !known.includes(key))
  if (unknown !== undefined)
    throw new UsageError(`${where}: unknown field '${unknown}'; known are ${known?.join(', ')}`)
  return data as Record<string, unknown>
}

/** Recorded requests that the rules made equal and that were not, each group in words. */
export function madeEqual(catalog: Catalog): string[] {
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
