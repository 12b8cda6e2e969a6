import type { Scratch, ScratchFile } from './ports.ts'

/** Takes in a large body as it comes. Whoever is done with it drops it. */
export async function putAside(body: AsyncIterable<Uint8Array>, scratch: Scratch): Promise<ScratchFile> {
  const file = scratch.create()
  try {
    for await (const bytes of body) await file.write(bytes)
    return file
  } catch (error) {
    file.drop()
    throw error
  }
}
