import { readFile } from 'node:fs/promises'
import { UsageError } from '../messages/errors.ts'
import { parseReplayReport, type ReplayReport } from '../cassette/replay-report.ts'

/** @throws UsageError that names the file, when it cannot be read or is no report */
export async function readReport(file: string): Promise<ReplayReport> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the report ${file} cannot be read: ${error.message}`, { cause: error })
  })
  return parseReplayReport(text, file)
}
