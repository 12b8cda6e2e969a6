import { type Command, Option } from 'commander'
import { number } from '../../json/input/shape.ts'
import type { Timing } from '../../engine/timing.ts'
import type { Repeat } from '../../match/lookup.ts'
import { REPEATS } from '../../vcr/options/options.ts'
import { choice, flagNumber } from './flag-values.ts'

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
      choice(
        '--repeat <how>',
        'what to answer when a request is sent more often than it was recorded',
        REPEATS,
      ),
    )
    .option(
      '--speed <n>',
      'replay with the recorded timing, n times as fast (default: instantly)',
      flagNumber('--speed', number('a number over 0, such as 2', { over: 0 })),
    )
    .addOption(
      new Option('--ttft <ms>', 'delay the first event of each response by this many milliseconds')
        .argParser(flagNumber('--ttft', number('a number of milliseconds from 0, such as 300', { from: 0 })))
        .conflicts('speed'),
    )
    .addOption(
      new Option('--pace <n>', 'replay n events per second')
        .argParser(
          flagNumber('--pace', number('a number of events a second over 0, such as 50', { over: 0 })),
        )
        .conflicts('speed'),
    )
}

export function timingFrom({ speed, ttft, pace }: ReplayFlags): Timing {
  if (speed !== undefined) return { speed }
  if (ttft === undefined && pace === undefined) return 'instant'
  return { ...(ttft === undefined ? {} : { ttft }), ...(pace === undefined ? {} : { pace }) }
}
