import type { Cassette, Interaction } from '../../cassette/cassette.ts'
import { parseCassette, printCassette, hashOfInteraction } from '../../cassette/notation/text.ts'
import { CassetteError } from '../../messages/errors.ts'
import { unplayedIn, type ReplayReport } from '../../cassette/replay-report.ts'
import { blobsOf, readCassette } from '../../engine/library/read-cassette.ts'
import type { FileStore } from '../../node/file-store.ts'
import { count } from '../run/run-summary.ts'

export interface Found {
  readonly unplayed: readonly Unplayed[]
  /** Of cassettes that cannot be judged. */
  readonly messages: readonly string[]
  /** Files that no run had open. */
  readonly unknown: readonly string[]
}

/** What no run played of a cassette. */
export interface Unplayed {
  readonly cassette: string
  readonly file: string
  /** How many it holds. */
  readonly interactions: number
  readonly unplayed: readonly {
    readonly position: number
    readonly method: string
    readonly path: string
    readonly status: number
    readonly sha256: string
  }[]
}

export async function findUnplayed(store: FileStore, playbacks: readonly ReplayReport[]): Promise<Found> {
  const found: Unplayed[] = []
  const messages: string[] = []
  const unknown: string[] = []
  for (const name of await store.list()) {
    const file = store.fileOf(name)
    const interactions = await readOrSay(store, name)
    if (typeof interactions === 'string') {
      messages.push(interactions)
      continue
    }
    const hashes = interactions.map(hashOfInteraction)
    const verdict = unplayedIn(playbacks, name, hashes)
    if (verdict.kind === 'changed') messages.push(`${file} changed since the run: left alone; run again`)
    if (verdict.kind === 'unknown') unknown.push(file)
    if (verdict.kind !== 'known' || verdict.unplayed.length === 0) continue
    const unplayed = verdict.unplayed.map((position) => {
      const { request, response } = interactions[position] as Interaction
      const { method, path } = request
      return { position, method, path, status: response.status, sha256: hashes[position] as string }
    })
    found.push({ cassette: name, file, interactions: interactions.length, unplayed })
  }
  return { unplayed: found, messages, unknown }
}

async function readOrSay(store: FileStore, name: string): Promise<readonly Interaction[] | string> {
  try {
    return (await readCassette(store, name)).cassette?.interactions ?? []
  } catch (error) {
    if (error instanceof CassetteError) return error.message
    throw error
  }
}

export type Pruned =
  /** `blobs`: bodies that the removed ones needed. */
  | { readonly kind: 'pruned'; readonly message: string; readonly blobs: readonly string[] }
  | { readonly kind: 'left'; readonly message: string }

/** Takes the unplayed ones out of a cassette, if it still is what was listed. */
export async function removeUnplayed(
  store: FileStore,
  { cassette: name, file, interactions, unplayed }: Unplayed,
  deletes: boolean,
): Promise<Pruned> {
  const gone = new Set(unplayed.map(({ position }) => position))
  const empties = gone.size === interactions
  if (empties && !deletes)
    return { kind: 'left', message: `nothing would be left of ${file}: give --yes to delete it` }
  let blobs: readonly string[] | undefined
  const take = (present: string | undefined): Cassette | undefined => {
    const cassette = present === undefined ? undefined : parseCassette(present, file)
    const isListed = unplayed.every(({ position, sha256 }) => {
      const interaction = cassette?.interactions[position]
      return interaction !== undefined && hashOfInteraction(interaction) === sha256
    })
    if (cassette === undefined || cassette.interactions.length !== interactions || !isListed) return undefined
    blobs = cassette.interactions.flatMap((each, i) => (gone.has(i) ? blobsIn(each) : []))
    return { ...cassette, interactions: cassette.interactions.filter((_, i) => !gone.has(i)) }
  }
  if (empties) await store.remove(name, (present) => take(present) !== undefined)
  else
    await store.update(name, (present) => {
      const rest = take(present)
      return rest === undefined ? undefined : printCassette(rest)
    })
  if (blobs === undefined) return { kind: 'left', message: `${file} changed meanwhile: left alone` }
  const what = empties ? `deleted ${file}, with its` : `removed from ${file}`
  return { kind: 'pruned', message: `${what} ${count(gone.size, 'interaction')}`, blobs }
}

/** Deletes those of these bodies that no cassette needs any more. */
export async function removeBlobs(store: FileStore, candidates: readonly string[]): Promise<string[]> {
  const needed = new Set<string>()
  for (const name of candidates.length === 0 ? [] : await store.list()) {
    const interactions = await readOrSay(store, name)
    // Nobody knows what a broken one needs.
    if (typeof interactions === 'string') return []
    for (const blob of interactions.flatMap(blobsIn)) needed.add(blob)
  }
  const gone = [...new Set(candidates)].filter((blob) => !needed.has(blob))
  for (const blob of gone) await store.removeBlob(blob)
  return gone
}

export function blobsIn({ request, response }: Interaction): string[] {
  return [...blobsOf(request.body), ...blobsOf(response.body)]
}
