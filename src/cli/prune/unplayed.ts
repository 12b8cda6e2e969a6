import type { Cassette, Interaction } from '../../cassette/cassette.ts'
import { hashOfInteraction, parseCassette, printCassette } from '../../cassette/notation/text.ts'
import { CassetteError } from '../../messages/errors.ts'
import { counted } from '../../messages/figures.ts'
import { type ReplayReport, unplayedIn } from '../../cassette/replay-report.ts'
import type { FileStore } from '../../node/file-store.ts'
import { tryToRead } from '../cassettes/try-to-read.ts'
import { blobsIn } from './unneeded-blobs.ts'

/** What can be pruned from the cassettes of a directory. */
export interface PruneCandidates {
  readonly unplayed: readonly UnplayedInteractions[]
  /** Why a cassette is left alone: it cannot be read, or it changed since the run. */
  readonly messages: readonly string[]
  /** Files that no run had open. */
  readonly unknown: readonly string[]
}

/** The interactions of one cassette that no run played. */
export interface UnplayedInteractions {
  readonly cassette: string
  readonly file: string
  /** How many the cassette holds, played or not. */
  readonly interactions: number
  readonly unplayed: readonly {
    readonly position: number
    readonly method: string
    readonly path: string
    readonly status: number
    readonly sha256: string
  }[]
}

export async function findUnplayed(
  store: FileStore,
  reports: readonly ReplayReport[],
): Promise<PruneCandidates> {
  const found: UnplayedInteractions[] = []
  const messages: string[] = []
  const unknown: string[] = []
  for (const name of await store.list()) {
    const file = store.fileOf(name)
    const read = await tryToRead(store, name)
    if (read instanceof CassetteError) {
      messages.push(read.message)
      continue
    }
    const interactions = read.cassette?.interactions ?? []
    const hashes = interactions.map(hashOfInteraction)
    const verdict = unplayedIn(reports, name, hashes)
    if (verdict.kind === 'changed')
      messages.push(
        `${file} has changed since the run, so nothing is removed from it. Run the command again with --report.`,
      )
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

export type PruneResult =
  /** `blobs`: bodies in files of their own that the removed interactions named. */
  | { readonly kind: 'pruned'; readonly message: string; readonly blobs: readonly string[] }
  | { readonly kind: 'left'; readonly message: string }

/** Removes the unplayed interactions from a cassette, unless it changed since they were listed. */
export async function removeUnplayed(
  store: FileStore,
  { cassette: name, file, interactions, unplayed }: UnplayedInteractions,
  mayDelete: boolean,
): Promise<PruneResult> {
  const gone = new Set(unplayed.map(({ position }) => position))
  const isEmptied = gone.size === interactions
  if (isEmptied && !mayDelete)
    return { kind: 'left', message: `${file} would be empty: pass --yes to delete it` }
  let blobs: readonly string[] | undefined
  const withoutUnplayed = (present: string | undefined): Cassette | undefined => {
    const cassette = present === undefined ? undefined : parseCassette(present, file)
    const isListed = unplayed.every(({ position, sha256 }) => {
      const interaction = cassette?.interactions[position]
      return interaction !== undefined && hashOfInteraction(interaction) === sha256
    })
    if (cassette === undefined || cassette.interactions.length !== interactions || !isListed) return undefined
    blobs = cassette.interactions.flatMap((each, i) => (gone.has(i) ? blobsIn(each) : []))
    return { ...cassette, interactions: cassette.interactions.filter((_, i) => !gone.has(i)) }
  }
  if (isEmptied) await store.remove(name, (present) => withoutUnplayed(present) !== undefined)
  else
    await store.update(name, (present) => {
      const rest = withoutUnplayed(present)
      return rest === undefined ? undefined : printCassette(rest)
    })
  if (blobs === undefined)
    return { kind: 'left', message: `${file} was changed by another process, so nothing was removed from it` }
  const removed = counted(gone.size, 'interaction')
  const message = isEmptied ? `deleted ${file} (${removed})` : `removed ${removed} from ${file}`
  return { kind: 'pruned', message, blobs }
}
