import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../../messages/errors.ts'
import { mergePlayed, REPLAY_REPORT_VERSION, printReplayReport } from '../../cassette/replay-report.ts'
import type { CassetteReport } from '../report.ts'

/**
 * Writes which interactions a run of tests played.
 * @param complete whether all tests ran, and passed
 * @throws UsageError that names the file, when it cannot be written
 */
export async function writePlayed(
  files: readonly string[],
  complete: boolean,
  reports: readonly CassetteReport[],
): Promise<void> {
  const cassettes = mergePlayed(reports.flatMap(({ played }) => played ?? []))
  const text = printReplayReport({ version: REPLAY_REPORT_VERSION, complete, cassettes })
  for (const file of files) {
    try {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text)
    } catch (error) {
      const { message } = error as NodeJS.ErrnoException
      throw new UsageError(`the report cannot be written to ${file}: ${message}`, { cause: error })
    }
  }
}
