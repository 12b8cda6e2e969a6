import { readFile } from 'node:fs/promises'
import { UsageError } from '../messages/errors.ts'
import { parsePlayback, type Playback } from '../cassette/run-report.ts'

/** @throws UsageError that names the file, when it cannot be read or is no report */
export async function readReport(file: string): Promise<Playback> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the report ${file} cannot be read: ${error.message}`, { cause: error })
  })
  return parsePlayback(text, file)
}
