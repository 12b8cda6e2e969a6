import { type Command, InvalidArgumentError, Option } from 'commander'
import type { SetExitStatus } from '../terminal/exit.ts'
import { withCassettesFlag } from '../flags/cassettes-flag.ts'
import { collect } from '../flags/flag-values.ts'
import type { World } from '../terminal/world.ts'
import { rerecordAll, type RerecordFlags } from './rerecord-all.ts'

export function defineRerecord(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withCassettesFlag(command)
    .argument('[names...]', 'cassettes to re-record (default: all in the directory)')
    .option(
      '--upstream <url>',
      'URL of the API to send requests to; the path of each request is appended (OPENAI_VCR_UPSTREAM; default: where they were recorded from)',
    )
    .option('--only-older-than <age>', 'only cassettes older than this: 30d, 6w, 6mo, 1y')
    .option('--stale', 'only cassettes older than their `expires`, as set in openai-vcr.config.json')
    .option('--model-map <old=new>', 'replace a model in the requests; repeatable', modelMap)
    .option('--redact <pattern>', 'regular expression for further secrets to redact; repeatable', collect)
    .option('--concurrency <n>', 'how many cassettes to re-record at a time', atLeastOne, 2)
    .option('--budget <usd>', 'stop before spending more than this many US dollars', dollars)
    .option('--dry-run', 'show what would be sent and what it may cost; needs no key')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print JSON')
    .addOption(
      new Option('--markdown', 'print the changes as Markdown, for a pull request comment').conflicts('json'),
    )
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
