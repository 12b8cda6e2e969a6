import { CassetteError } from '../../messages/errors.ts'
import type { ReadCassette } from '../../engine/library/read-cassette.ts'
import { readCassette } from '../../engine/library/read-cassette.ts'
import type { Store } from '../../engine/ports.ts'

/** The cassette, or why it cannot be read: for commands that go on with the other cassettes. */
export async function tryToRead(store: Store, name: string): Promise<ReadCassette | CassetteError> {
  try {
    return await readCassette(store, name)
  } catch (error) {
    if (error instanceof CassetteError) return error
    throw error
  }
}
