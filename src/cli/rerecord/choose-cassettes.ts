import { CassetteError } from '../../messages/errors.ts'
import { type Age, isOlderThan, oldestDay, parseAge } from '../../cassette/expiry.ts'
import { readCassette } from '../../engine/library/read-cassette.ts'
import type { Read } from '../../rerecord/plan.ts'
import { type DirectoryConfig, expiryOf } from '../../vcr/options/directory-config.ts'
import { cassetteWhereabouts } from '../../engine/library/search-scope.ts'
import type { FileStore } from '../../node/file-store.ts'

/** Which cassettes are to be recorded anew. */
export interface Choice {
  readonly cassettes: readonly Read[]
  /** Of those that cannot be read. */
  readonly messages: readonly string[]
  /** How many are not old enough. */
  readonly passedOver: number
}

interface Wanted {
  readonly onlyOlderThan?: string
  readonly stale?: true
  readonly config: DirectoryConfig
  readonly today: string
}

/**
 * @param names all of the directory where there are none
 * @throws CassetteError for a name that is not there: the nearest one is named
 * @throws UsageError for what is no age
 */
export async function choose(store: FileStore, names: readonly string[], wanted: Wanted): Promise<Choice> {
  const isOldEnough = oldEnough(wanted)
  const cassettes: Read[] = []
  const messages: string[] = []
  let passedOver = 0
  for (const name of names.length === 0 ? await store.list() : new Set(names)) {
    const read = await readOrSay(store, name)
    if (typeof read === 'string') messages.push(read)
    else if (read === undefined) throw await absent(store, name)
    else if (isOldEnough(read)) cassettes.push(read)
    else passedOver++
  }
  return { cassettes, messages, passedOver }
}

function oldEnough({ onlyOlderThan, stale, config, today }: Wanted): (read: Read) => boolean {
  const least = onlyOlderThan === undefined ? undefined : parseAge(onlyOlderThan, '--only-older-than')
  return ({ name, cassette }) => {
    const isOlder = (age: Age | undefined): boolean =>
      age !== undefined && isOlderThan(oldestDay(cassette), age, today)
    if (least !== undefined && !isOlder(least)) return false
    return !stale || isOlder(expiryOf(config, name, { own: cassette.expires })?.after)
  }
}

async function readOrSay(store: FileStore, name: string): Promise<Read | string | undefined> {
  try {
    const { text, cassette } = await readCassette(store, name)
    return text === undefined || cassette === undefined
      ? undefined
      : { name, file: store.fileOf(name), text, cassette }
  } catch (error) {
    if (error instanceof CassetteError) return error.message
    throw error
  }
}

async function absent(store: FileStore, name: string): Promise<CassetteError> {
  const { absence } = cassetteWhereabouts(store, name, false)
  return new CassetteError(`there is no cassette '${name}': ${(await absence?.()) ?? ''}`)
}
