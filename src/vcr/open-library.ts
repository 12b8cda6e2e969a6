import type { Catalog } from '../engine/library/catalog.ts'
import { Library, type Matching, type Opened } from '../engine/library/library.ts'
import { catalogOf, readCassettes } from '../engine/library/read-cassette.ts'
import { Recorder } from '../engine/library/recorder.ts'
import { cassetteScope, directoryScope, redacted } from '../engine/library/search-scope.ts'
import { planOf } from '../engine/modes.ts'
import { optionsFrom } from '../json/input/place.ts'
import { identifyBy } from '../match/identity.ts'
import { compileMatchers, type MatcherOptions } from '../match/rules.ts'
import type { Dialect } from '../api/dialect.ts'
import { CASSETTE_NAME } from '../node/cassette-name.ts'
import { Redactor } from '../redact/redactor.ts'
import type { Composition } from './composition.ts'
import { checkAges, openingOf } from './expiry.ts'
import { collisions } from './options/config.ts'
import { redactWith } from './options/secrets.ts'

/**
 * Opens one cassette.
 * @param recordCommand the command to record, for messages
 * @throws CassetteError when the mode reads it and it is broken or has expired
 * @throws UsageError for an invalid name, or when the mode records and the directory is not writable
 */
export async function openLibrary(
  name: string,
  composition: Composition,
  recordCommand: string,
): Promise<Library> {
  const { store, clock, dialect, env } = composition.dependencies
  CASSETTE_NAME.read(name, optionsFrom('cassette', redactWith(env)))
  const text = await store.read(name)
  const { mode, plan, recorded } = await openingOf(name, text !== undefined, composition)
  if (plan.writes !== 'never') await store.ensureWritable()
  const matching = matchingOf(composition.matchersOf(name), dialect)
  const catalog = catalogOf(recorded, matching.identify, plan.reads)
  const recorder =
    plan.writes === 'never'
      ? undefined
      : new Recorder({
          name,
          store,
          clock,
          identify: matching.identify,
          replaces: plan.writes === 'replaces',
          present: (fingerprint) => catalog.index.get(fingerprint)?.length ?? 0,
          openedText: text,
        })
  // A cassette that is about to be recorded is not missing.
  const isThere = text !== undefined || plan.asks !== 'never'
  return libraryOf(composition, {
    mode,
    plan,
    matching,
    cassettes: [name],
    isDirectory: false,
    catalog,
    recorder,
    searchScope: { ...cassetteScope(store, name, isThere), recordCommand },
  })
}

/** Opens every cassette of the directory for a replay. */
export async function openDirectory(composition: Composition, recordCommand: string): Promise<Library> {
  const { store, dialect } = composition.dependencies
  const names = await store.list()
  const recorded = await readCassettes(store, names)
  checkAges(recorded, composition)
  const matching = matchingOf(composition.matchersOf(undefined), dialect)
  return libraryOf(composition, {
    mode: 'replay',
    plan: planOf('replay', true),
    matching,
    cassettes: names,
    isDirectory: true,
    catalog: catalogOf(recorded, matching.identify),
    recorder: undefined,
    searchScope: { ...directoryScope(store, names), recordCommand },
  })
}

export function matchingOf(options: MatcherOptions, { requests, shapes }: Dialect): Matching {
  const projection = compileMatchers(options, requests.toolSchemas)
  return {
    identify: identifyBy(shapes.secrets.placeholders, projection),
    headers: options.headers ?? [],
    hasRules: projection !== undefined,
    alignsIds: options.align ?? true,
  }
}

function libraryOf({ options, dependencies, secrets }: Composition, opened: Opened): Library {
  const redactor = new Redactor(dependencies.dialect.shapes.secrets, secrets, options.redact)
  const searchScope = redacted(opened.searchScope, (text) => redactor.text(text))
  const { scratch, dialect } = dependencies
  warnOfCollisions(opened.matching.hasRules ? opened.catalog : undefined, dependencies.warn)
  return new Library({ ...opened, searchScope }, { redactor, scratch, dialect })
}

function warnOfCollisions(catalog: Catalog | undefined, warn: (message: string) => void): void {
  for (const text of catalog === undefined ? [] : collisions(catalog)) warn(text)
}
