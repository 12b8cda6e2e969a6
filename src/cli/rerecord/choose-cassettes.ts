import { CassetteError } from '../../messages/errors.ts'
import { type Age, isOlderThan, oldestDay } from '../../cassette/expiry.ts'
import type { CassetteFile } from '../../rerecord/plan.ts'
import { type Config, expiryOf } from '../../vcr/options/config.ts'
import { whyAbsent } from '../../engine/library/search-scope.ts'
import type { FileStore } from '../../node/file-store.ts'
import { tryToRead } from '../cassettes/try-to-read.ts'

/** The cassettes that are to be recorded anew. */
export interface ChosenCassettes {
  readonly cassettes: readonly CassetteFile[]
  /** Why others cannot be read. */
  readonly messages: readonly string[]
  /** How many are not old enough. */
  readonly skipped: number
}

interface CassetteFilter {
  readonly onlyOlderThan?: Age
  readonly stale?: true
  readonly config: Config
  readonly today: string
}

/**
 * @param names if empty, all cassettes of the directory
 * @throws CassetteError for a name that the directory lacks, with the nearest one that it has
 */
export async function chooseCassettes(
  store: FileStore,
  names: readonly string[],
  filter: CassetteFilter,
): Promise<ChosenCassettes> {
  const isOldEnough = ageFilter(filter)
  const cassettes: CassetteFile[] = []
  const messages: string[] = []
  let skipped = 0
  for (const name of names.length === 0 ? await store.list() : new Set(names)) {
    const read = await tryToRead(store, name)
    if (read instanceof CassetteError) {
      messages.push(read.message)
      continue
    }
    const { text, cassette } = read
    if (text === undefined || cassette === undefined) throw await missing(store, name)
    const file = { name, file: store.fileOf(name), text, cassette }
    if (isOldEnough(file)) cassettes.push(file)
    else skipped++
  }
  return { cassettes, messages, skipped }
}

function ageFilter({ onlyOlderThan, stale, config, today }: CassetteFilter): (file: CassetteFile) => boolean {
  return ({ name, cassette }) => {
    const isOlder = (age: Age | undefined): boolean =>
      age !== undefined && isOlderThan(oldestDay(cassette), age, today)
    if (onlyOlderThan !== undefined && !isOlder(onlyOlderThan)) return false
    return !stale || isOlder(expiryOf(config, name, { own: cassette.expires })?.after)
  }
}

async function missing(store: FileStore, name: string): Promise<CassetteError> {
  return new CassetteError(`there is no cassette '${name}': ${await whyAbsent(store, name)}`)
}
