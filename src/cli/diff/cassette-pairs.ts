import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Cassette } from '../../cassette/cassette.ts'
import { parseCassette } from '../../cassette/notation/text.ts'
import { UsageError } from '../../messages/errors.ts'
import { nearestCassette } from '../../engine/library/search-scope.ts'
import { FileStore } from '../../node/file-store.ts'
import { isName } from '../../node/cassette-name.ts'

/** Two recordings to compare. */
export interface CassettePair {
  readonly name: string
  /** Each is read when it is needed: a directory may hold more than fits into memory. */
  before(): Promise<Cassette>
  after(): Promise<Cassette>
}

/**
 * Resolves the two arguments of `diff`: names of cassettes in the directory, files, or two directories.
 * Bodies in files of their own are not read, as their hashes show whether they changed.
 * @throws UsageError for anything else, with the nearest cassette's name
 */
export async function cassettePairs(store: FileStore, a: string, b: string): Promise<CassettePair[]> {
  const [before, after] = [await resolved(store, a), await resolved(store, b)]
  if (before instanceof FileStore && after instanceof FileStore) return pairsByName(before, after)
  if (before instanceof FileStore || after instanceof FileStore)
    throw new UsageError(
      `cannot compare the directory ${before instanceof FileStore ? a : b} with the cassette ${before instanceof FileStore ? b : a}: give two cassettes, or two directories`,
    )
  return [{ name: a === b ? a : `${a} → ${b}`, before, after }]
}

async function resolved(store: FileStore, argument: string): Promise<FileStore | (() => Promise<Cassette>)> {
  const text = isName(argument) ? await store.read(argument) : undefined
  if (text !== undefined) return async () => parseCassette(text, store.fileOf(argument))
  const found = await stat(argument).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (found?.isDirectory()) return new FileStore(argument)
  if (found !== undefined) return async () => parseCassette(await readFile(argument, 'utf8'), argument)
  throw new UsageError(
    `'${argument}' is neither a cassette in ${store.location}, nor a file, nor a directory. ${await nearestCassette(store, argument)}`,
  )
}

/** A cassette that one directory lacks is compared with one without interactions. */
async function pairsByName(before: FileStore, after: FileStore): Promise<CassettePair[]> {
  const names = new Set([...(await before.list()), ...(await after.list())])
  if (names.size === 0)
    throw new UsageError(`there are no cassettes in ${before.location} or ${after.location}`)
  return [...names].toSorted().map((name) => ({
    name,
    before: async () => (await read(before, name)) ?? emptied(await read(after, name)),
    after: async () => (await read(after, name)) ?? emptied(await read(before, name)),
  }))
}

async function read(store: FileStore, name: string): Promise<Cassette | undefined> {
  const text = await store.read(name)
  return text === undefined ? undefined : parseCassette(text, path.normalize(store.fileOf(name)))
}

function emptied(cassette: Cassette | undefined): Cassette {
  return { ...(cassette as Cassette), interactions: [] }
}
