import { Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../core/errors.ts'
import { configOf } from '../io/config-file.ts'
import { resolveOptions } from '../engine/options.ts'
import { upstreamOf } from '../engine/rules-of.ts'
import { Account } from '../engine/rerecord/account.ts'
import { keylessIn, type Planned, planFor } from '../engine/rerecord/plan.ts'
import { systemClock } from '../io/clock.ts'
import { FileStore } from '../io/file-store.ts'
import { listPrices } from '../io/prices.ts'
import { openai } from '../openai/dialect.ts'
import { agrees } from './ask.ts'
import { EXIT, type Settle } from './exit.ts'
import { toRule, withCassettesFlag } from './flags.ts'
import type { Progress } from './progress.ts'
import { choose, type Choice } from './rerecord-choice.ts'
import type { Job } from './rerecord-job.ts'
import { asJson, type Finished, outcomeText, summary } from './rerecord-outcome.ts'
import { runAll } from './rerecord-run.ts'
import { estimateJson, estimateTable } from './rerecord-table.ts'
import { count } from './report.ts'
import { print, say } from './say.ts'

interface RerecordFlags {
  readonly cassettes?: string
  readonly upstream?: string
  readonly onlyOlderThan?: string
  readonly stale?: true
  readonly modelMap?: ReadonlyMap<string, string>
  readonly redact?: readonly string[]
  readonly concurrency: number
  readonly budget?: number
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

export function rerecordCommand(settle: Settle): Command {
  const command = new Command('rerecord').description(
    'Record cassettes anew from their own requests, with OPENAI_API_KEY: each is written when its whole chain went well, and left alone where the new answers lead elsewhere. Says what changed. See docs/rerecording.md.',
  )
  return withCassettesFlag(command)
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
    .action(async (names: string[], flags: RerecordFlags) => settle(await rerecordAll(names, flags)))
}

async function rerecordAll(names: readonly string[], flags: RerecordFlags): Promise<number> {
  const options = resolveOptions({ redact: (flags.redact ?? []).map(toRule) }, process.env, {
    mode: 'record',
    ...(flags.cassettes !== undefined && { dir: flags.cassettes }),
    ...(flags.upstream !== undefined && { upstream: flags.upstream }),
  })
  const store = new FileStore(options.dir)
  const config = await configOf(options.dir)
  const chosen = await choose(store, names, { ...flags, config, today: systemClock.today() })
  for (const message of chosen.messages) say(message)
  const jobs = chosen.cassettes.map((read): Job => {
    const planning = {
      dialect: openai,
      prices: listPrices,
      clock: systemClock,
      models: flags.modelMap ?? new Map<string, string>(),
      upstream: options.upstream ?? upstreamOf(config, read.name),
    }
    return { planned: planFor(read, planning), planning }
  })
  const found = chosen.messages.length > 0 ? EXIT.finding : EXIT.ok
  if (jobs.length === 0) return nothingToDo(chosen, flags, found)
  const plans = jobs.map(({ planned }) => planned)
  if (flags.dryRun) {
    print(flags.json ? estimateJson(plans, flags.budget) : estimateTable(plans, flags.budget))
    return found
  }
  checkKey(jobs)
  if (!(await mayRun(plans, flags))) return EXIT.ok
  const account = new Account(flags.budget)
  const tell = teller(flags)
  const { concurrency } = flags
  const ran = await runAll(jobs, { concurrency, account, options, store, config, finished: tell })
  say(summary(ran.finished, account))
  if (flags.json) print(JSON.stringify(asJson(ran.finished), null, 2))
  return ran.stopped ?? statusOf(ran.finished, found)
}

function teller({ cassettes, json }: RerecordFlags): (finished: Finished, progress: Progress) => void {
  const elsewhere = cassettes === undefined ? '' : `OPENAI_VCR_CASSETTES=${cassettes} `
  return (finished, progress) => {
    progress.say(outcomeText(finished, elsewhere))
    const { outcome } = finished
    if (outcome.kind === 'rerecorded' && !json) progress.print('')
  }
}

function nothingToDo({ passedOver }: Choice, { json }: RerecordFlags, status: number): number {
  say(
    passedOver === 0
      ? 'no cassettes to record anew'
      : `nothing to do: ${count(passedOver, 'cassette')} passed over`,
  )
  if (json) print('[]')
  return status
}

/**
 * Before anything is sent: a key that is nowhere.
 * @throws UsageError that says which, and where it would go
 */
function checkKey(jobs: readonly Job[]): void {
  const sendable = jobs.filter(({ planned }) => planned.refusal === undefined)
  const keyless = sendable.flatMap(({ planned, planning }) => keylessIn(planned, planning, process.env) ?? [])
  if (sendable.length === 0 || keyless.length < sendable.length) return
  if (process.env['OPENAI_API_KEY'])
    throw new UsageError(
      `OPENAI_API_KEY goes to OpenAI alone, or where you say: to send it to ${keyless[0]}, from where these were recorded, give --upstream ${keyless[0]}`,
    )
  throw new UsageError(
    `no key to ask ${keyless[0]} with: set OPENAI_API_KEY. To see what would be sent, and what it may cost, give --dry-run`,
  )
}

/** @throws UsageError when there is nobody to ask */
async function mayRun(plans: readonly Planned[], { yes, budget }: RerecordFlags): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY)
    throw new UsageError(
      'nothing is sent without a yes, as it costs money: no terminal to ask at, so give --yes (or --dry-run)',
    )
  process.stderr.write(`${estimateTable(plans, budget)}\n`)
  const agreed = await agrees('Send these? [y/N] ')
  if (!agreed) say('nothing was sent')
  return agreed
}

function statusOf(finished: readonly Finished[], found: number): number {
  return finished.every(({ outcome }) => outcome.kind === 'rerecorded') ? found : EXIT.finding
}

function modelMap(text: string, all: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [, before, now] = /^([^=]+)=([^=]+)$/.exec(text) ?? []
  if (before === undefined || now === undefined)
    throw new InvalidArgumentError('expected OLD=NEW, such as gpt-4o-mini=gpt-5-mini.')
  return new Map([...all, [before, now]])
}

function collect(text: string, all: readonly string[] = []): readonly string[] {
  return [...all, text]
}

function atLeastOne(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number from 1.')
}

function dollars(text: string): number {
  const usd = Number(text.replace(/^\$/, ''))
  if (text !== '' && usd >= 0 && Number.isFinite(usd)) return usd
  throw new InvalidArgumentError('expected an amount in US dollars, such as 0.50.')
}
