import { type Command, Option } from 'commander'
import type { Timing } from '../../engine/timing.ts'
import type { Repeat } from '../../match/lookup.ts'
import { milliseconds, positive } from './flag-values.ts'

/** How recorded answers are replayed. */
export interface ReplayFlags {
  readonly repeat?: Repeat
  readonly speed?: number
  readonly ttft?: number
  readonly pace?: number
}

export function withReplayFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--repeat <how>',
        'what to answer when a request is sent more often than it was recorded',
      ).choices(['error', 'last', 'cycle']),
    )
    .option('--speed <n>', 'replay with the recorded timing, n times as fast (default: instantly)', positive)
    .addOption(
      new Option('--ttft <ms>', 'delay the first event of each response by this many milliseconds')
        .argParser(milliseconds)
        .conflicts('speed'),
    )
    .addOption(new Option('--pace <n>', 'replay n events per second').argParser(positive).conflicts('speed'))
}

export function timingFrom({ speed, ttft, pace }: ReplayFlags): Timing {
  if (speed !== undefined) return { speed }
  if (ttft === undefined && pace === undefined) return 'instant'
  return { ...(ttft === undefined ? {} : { ttft }), ...(pace === undefined ? {} : { pace }) }
}
