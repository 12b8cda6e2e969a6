import { type Command, Option } from 'commander'
import { AGE } from '../../cassette/expiry.ts'
import { parsed, string, wholeNumber } from '../../json/input/shape.ts'
import { UPSTREAM } from '../../vcr/options/options.ts'
import type { SetExitStatus } from '../terminal/exit.ts'
import { withCassettesFlag } from '../flags/cassettes-flag.ts'
import { flagNumber, flagValue, flagValues, REDACT_PATTERN } from '../flags/flag-values.ts'
import type { World } from '../terminal/world.ts'
import { rerecordAll, type RerecordFlags } from './rerecord-all.ts'

export function defineRerecord(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withCassettesFlag(command)
    .argument('[names...]', 'cassettes to re-record (default: all in the directory)')
    .option(
      '--upstream <url>',
      'URL of the API to send requests to; the path of each request is appended (OPENAI_VCR_UPSTREAM; default: where they were recorded from)',
      flagValue('--upstream', UPSTREAM),
    )
    .option(
      '--only-older-than <age>',
      'only cassettes older than this: 30d, 6w, 6mo, 1y',
      flagValue('--only-older-than', AGE),
    )
    .option('--stale', 'only cassettes older than their `expires`, as set in the configuration')
    .option('--model-map <old=new>', 'replace a model in the requests; repeatable', modelMap)
    .option(
      '--redact <pattern>',
      'regular expression for further secrets to redact; repeatable',
      flagValues('--redact', REDACT_PATTERN),
    )
    .option(
      '--concurrency <n>',
      'how many cassettes to re-record at a time',
      flagNumber('--concurrency', wholeNumber({ from: 1, to: 9999 }, 2)),
      2,
    )
    .option(
      '--budget <usd>',
      'stop before spending more than this many US dollars',
      flagValue('--budget', DOLLARS),
    )
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

function modelMap(value: string, all: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [before, now] = flagValue('--model-map', OLD_AND_NEW)(value).split('=') as [string, string]
  return new Map([...all, [before, now]])
}

const OLD_AND_NEW = string("two models, such as 'gpt-4o-mini=gpt-5-mini'", /^[^=]+=[^=]+$/)

const DOLLARS = parsed(
  string('an amount of US dollars, such as 0.50', /^\$?(?:\d+(?:\.\d*)?|\.\d+)$/),
  (amount) => Number(amount.replace('$', '')),
)
