import { readFile } from 'node:fs/promises'
import {
  parseReplayReport,
  type ReplayReport,
  REPLAY_REPORT_VERSION,
  printReplayReport,
} from '../../cassette/replay-report.ts'
import { UsageError } from '../../messages/errors.ts'
import { writeAtomically } from '../../node/atomic-write.ts'
import type { ReportingServer } from '../../server/serve.ts'
import { say, type World } from '../terminal/world.ts'

/**
 * Reads what `--report` wrote.
 * @throws UsageError that names the file, when it cannot be read or is no report
 */
export async function readReport(file: string): Promise<ReplayReport> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read the report ${file}: ${error.message}`, { cause: error })
  })
  return parseReplayReport(text, file)
}

/** @throws UsageError when the file cannot be written */
export async function writeReport(
  world: World,
  file: string,
  server: ReportingServer,
  complete: boolean,
): Promise<void> {
  const cassettes = await server.played()
  try {
    await writeAtomically(file, printReplayReport({ version: REPLAY_REPORT_VERSION, complete, cassettes }))
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException
    throw new UsageError(`cannot write the report to ${file}: ${message}`, { cause: error })
  }
  if (!complete) say(world, `the command failed, so openai-vcr prune will not accept its report ${file}`)
}
