import type { Command } from 'commander'
import { SECONDS } from '../../server/serve.ts'
import { flagNumber } from '../flags/flag-values.ts'

/** Flags of commands that hold sessions and can report what they replayed. */
export interface RunFlags {
  readonly sessionIdle?: number
  readonly report?: string
}

export function withRunFlags(command: Command): Command {
  return command
    .option(
      '--session-idle <seconds>',
      'forget a named session after this many seconds without a request (default: 3600)',
      flagNumber('--session-idle', SECONDS),
    )
    .option(
      '--report <file>',
      'write a report of the played interactions to this file, for openai-vcr prune and stats',
    )
}
