import type { Interaction } from '../../cassette/cassette.ts'
import { CassetteError } from '../../messages/errors.ts'
import { blobsOf } from '../../engine/library/read-cassette.ts'
import type { FileStore } from '../../node/file-store.ts'
import { tryToRead } from '../cassettes/try-to-read.ts'

/** Deletes those of these files in blobs/ that no cassette of the directory names any more. */
export async function removeUnneededBlobs(
  store: FileStore,
  candidates: readonly string[],
): Promise<string[]> {
  const needed = new Set<string>()
  for (const name of candidates.length === 0 ? [] : await store.list()) {
    const read = await tryToRead(store, name)
    // A cassette that cannot be read may need any of them.
    if (read instanceof CassetteError) return []
    for (const blob of (read.cassette?.interactions ?? []).flatMap(blobsIn)) needed.add(blob)
  }
  const gone = [...new Set(candidates)].filter((blob) => !needed.has(blob))
  for (const blob of gone) await store.removeBlob(blob)
  return gone
}

/** The files in blobs/ that hold bodies of this interaction. */
export function blobsIn({ request, response }: Interaction): string[] {
  return [...blobsOf(request.body), ...blobsOf(response.body)]
}
