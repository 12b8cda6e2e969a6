import { type Command, InvalidArgumentError, Option } from 'commander'
import type { SetExitStatus } from '../terminal/exit.ts'
import { withCassettesFlag } from '../flags/cassettes-flag.ts'
import { collect } from '../flags/flag-values.ts'
import type { World } from '../terminal/world.ts'
import { rerecordAll, type RerecordFlags } from './rerecord-all.ts'

export function defineRerecord(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withCassettesFlag(command)
    .argument('[names...]', 'the cassettes; all of the directory where none is named')
    .option(
      '--upstream <url>',
      'where requests are sent: their path is appended (OPENAI_VCR_UPSTREAM; default: where they were recorded from)',
    )
    .option('--only-older-than <age>', 'those recorded so long ago: 30d, 6w, 6mo, 1y')
    .option('--stale', 'those older than their `expires` in openai-vcr.config.json')
    .option('--model-map <old=new>', 'ask another model in place of one; may be given again', modelMap)
    .option('--redact <pattern>', 'a regular expression for what else is secret; may be given again', collect)
    .option('--concurrency <n>', 'cassettes at a time', atLeastOne, 2)
    .option('--budget <usd>', 'stop before so many US dollars are spent', dollars)
    .option('--dry-run', 'show what would be sent and what it may cost; needs no key')
    .option('--yes', 'do not ask before it costs money')
    .option('--json', 'as JSON')
    .addOption(new Option('--markdown', 'what changed, for a comment on a pull request').conflicts('json'))
    .action(async (names: string[], flags: RerecordFlags) =>
      setExitStatus(await rerecordAll(world, names, flags)),
    )
}

function modelMap(text: string, all: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [, before, now] = /^([^=]+)=([^=]+)$/.exec(text) ?? []
  if (before === undefined || now === undefined)
    throw new InvalidArgumentError('expected OLD=NEW, such as gpt-4o-mini=gpt-5-mini.')
  return new Map([...all, [before, now]])
}

function atLeastOne(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number from 1.')
}

function dollars(text: string): number {
  if (/^\$?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) return Number(text.replace('$', ''))
  throw new InvalidArgumentError('expected an amount in US dollars, such as 0.50.')
}
