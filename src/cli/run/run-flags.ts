import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../../messages/errors.ts'
import { REPLAY_REPORT_VERSION, printReplayReport } from '../../cassette/replay-report.ts'
import { writeAtomically } from '../../node/atomic-write.ts'
import type { ReportingServer } from '../../server/serve.ts'
import { say, type World } from '../world.ts'

/** Flags of commands whose run has sessions to keep and books to show. */
export interface RunFlags {
  readonly sessionIdle?: number
  readonly report?: string
}

export function withRunFlags(command: Command): Command {
  return command
    .option(
      '--session-idle <seconds>',
      'drop a named session that nobody asked for so long, its counts with it (default: 3600)',
      seconds,
    )
    .option(
      '--report <file>',
      'write at the end which interactions were played, for openai-vcr prune and stats',
    )
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
    throw new UsageError(`the report cannot be written to ${file}: ${message}`, { cause: error })
  }
  if (!complete)
    say(world, `the command did not end well, and ${file} says so: openai-vcr prune will not go by it`)
}

function seconds(text: string): number {
  if (Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('expected a number over 0.')
}
