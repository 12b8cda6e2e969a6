import { type Command, InvalidArgumentError } from 'commander'

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
      seconds,
    )
    .option(
      '--report <file>',
      'write a report of the played interactions to this file, for openai-vcr prune and stats',
    )
}

function seconds(text: string): number {
  if (Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('expected a number over 0.')
}
