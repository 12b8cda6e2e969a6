import type { Cassette, RequestBody, ResponseBody } from '../../cassette/cassette.ts'
import { parseCassette } from '../../cassette/notation/text.ts'
import { CassetteError } from '../../messages/errors.ts'
import { blobsOfFrame } from '../../cassette/notation/frame-blobs.ts'
import type { Identify } from '../../match/identity.ts'
import { Catalog } from './catalog.ts'
import type { Store } from '../ports.ts'

export interface ReadCassette {
  readonly text: string | undefined
  readonly cassette: Cassette | undefined
}

/**
 * Reads one cassette. A missing file is not an error.
 * @throws CassetteError when the file is broken, or a blob that it names is missing
 */
export async function readCassette(store: Store, name: string): Promise<ReadCassette> {
  const text = await store.read(name)
  if (text === undefined) return { text, cassette: undefined }
  const cassette = parseCassette(text, store.fileOf(name))
  for (const [i, { request, response }] of cassette.interactions.entries()) {
    for (const sha256 of [...blobsOf(request.body), ...blobsOf(response.body)]) {
      if (await store.hasBlob(sha256)) continue
      throw new CassetteError(
        `${store.fileOf(name)}: interaction ${i + 1} needs the body in blobs/${sha256}.bin, which is missing; restore it from version control or record again`,
      )
    }
  }
  return { text, cassette }
}

/** Hashes of the blobs that the cassette refers to. */
export function blobsOf(body: RequestBody | ResponseBody): string[] {
  if (body.kind === 'multipart') return body.parts.flatMap((part) => blobsOf(part.content))
  if (body.kind === 'frames') return body.frames.flatMap(({ content }) => blobsOfFrame(content))
  return body.kind === 'blob' ? [body.sha256] : []
}

/** Reads the cassettes of these names that exist. */
export async function readCassettes(
  store: Store,
  names: readonly string[],
): Promise<ReadonlyMap<string, Cassette>> {
  const found = new Map<string, Cassette>()
  for (const name of names) {
    const { cassette } = await readCassette(store, name)
    if (cassette !== undefined) found.set(name, cassette)
  }
  return found
}

/**
 * The interactions of these cassettes in order, and the base URLs that they were recorded from.
 * @param answers whether requests are answered from these cassettes
 */
export function catalogOf(
  cassettes: ReadonlyMap<string, Cassette>,
  identify: Identify,
  answers = true,
): Catalog {
  const catalog = new Catalog(identify)
  for (const [name, cassette] of cassettes) {
    catalog.upstreams.add(cassette.upstream)
    for (const interaction of cassette.interactions) {
      if (interaction.upstream !== undefined) catalog.upstreams.add(interaction.upstream)
      if (answers) catalog.add(name, cassette.upstream, interaction)
    }
  }
  return catalog
}
