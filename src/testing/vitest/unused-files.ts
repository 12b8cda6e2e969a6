import { readdirSync } from 'node:fs'
import path from 'node:path'

/** The cassettes of a test file. */
export interface FileCassettes {
  /** The cassette directory, absolute. */
  readonly directory: string
  /** In it, where the cassettes of the file's tests are. */
  readonly folder: string
  /** Every cassette that one of its tests or suites has, whether or not it ran. */
  readonly names: readonly string[]
}

const SUFFIX = '.yaml'

/** The files among a test file's cassettes that no test has any more, absolute. */
export function unusedFilesOf({ directory, folder, names }: FileCassettes): string[] {
  const known = new Set(names)
  return filesIn(path.join(directory, folder))
    .filter((file) => file.endsWith(SUFFIX) && !file.startsWith('.'))
    .filter((file) => !known.has(`${folder}/${file.slice(0, -SUFFIX.length)}`))
    .map((file) => path.join(directory, folder, file))
    .toSorted()
}

const UNUSABLE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EACCES'])

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    // That it cannot be used was said by the tests.
    if (UNUSABLE.has((error as NodeJS.ErrnoException).code)) return []
    throw error
  }
}
