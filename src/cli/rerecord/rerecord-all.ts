import { changedInKind } from '../../api/drift.ts'
import { driftMarkdown } from '../../drift/drift-markdown.ts'
import { driftText } from '../../drift/drift-text.ts'
import type { Named } from '../../drift/headings.ts'
import { UsageError } from '../../messages/errors.ts'
import { shellWord } from '../../messages/shell-word.ts'
import { resolveOptions } from '../../vcr/options/options.ts'
import { Account } from '../../rerecord/account.ts'
import { isPriced } from '../../rerecord/costs.ts'
import { keylessIn, type Planned, planFor } from '../../rerecord/plan.ts'
import { upstreamOf } from '../../vcr/options/directory-config.ts'
import { systemClock } from '../../node/clock.ts'
import { configOf } from '../../vcr/options/config-file.ts'
import { FileStore } from '../../node/file-store.ts'
import { listPrices } from '../../node/prices.ts'
import { tiktoken } from '../../node/tokenizer.ts'
import { openai } from '../../openai/dialect.ts'
import { agrees } from '../terminal/ask.ts'
import { EXIT } from '../exit.ts'
import { toRule } from '../flags/server-flags.ts'
import type { Progress } from '../terminal/progress.ts'
import { choose, type Choice } from './choose-cassettes.ts'
import type { Job } from './job.ts'
import { checkModels } from './checks.ts'
import { asJson, type Finished, outcomeText, summary } from './outcome.ts'
import { runAll } from './run-all.ts'
import { estimateJson, estimateTable } from './estimate.ts'
import { count } from '../run/run-summary.ts'
import { hasColours, print, say, type World } from '../world.ts'

export interface RerecordFlags {
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
  readonly markdown?: true
}

export async function rerecordAll(
  world: World,
  names: readonly string[],
  flags: RerecordFlags,
): Promise<number> {
  const options = resolveOptions({ redact: (flags.redact ?? []).map(toRule) }, world.env, {
    mode: 'record',
    ...(flags.cassettes !== undefined && { dir: flags.cassettes }),
    ...(flags.upstream !== undefined && { upstream: flags.upstream }),
  })
  const store = new FileStore(options.dir)
  const config = await configOf(options.dir)
  const chosen = await choose(store, names, { ...flags, config, today: systemClock.today() })
  for (const message of chosen.messages) say(world, message)
  const jobs = chosen.cassettes.map((read): Job => {
    const planning = {
      dialect: openai,
      prices: listPrices,
      tokenizer: tiktoken,
      clock: systemClock,
      models: flags.modelMap ?? new Map<string, string>(),
      upstream: options.upstream ?? upstreamOf(config, read.name),
    }
    return { planned: planFor(read, planning), planning }
  })
  const found = chosen.messages.length > 0 ? EXIT.finding : EXIT.ok
  if (jobs.length === 0) return nothingToDo(world, chosen, flags, found)
  const plans = jobs.map(({ planned }) => planned)
  checkModels(plans, flags.modelMap ?? new Map<string, string>())
  if (flags.dryRun) {
    print(world, flags.json ? estimateJson(plans, flags.budget) : estimateTable(plans, flags.budget))
    return found
  }
  checkKey(world, jobs)
  if (!(await mayRun(world, plans, flags))) return EXIT.ok
  warnOfUnpriced(world, plans, flags)
  const account = new Account(flags.budget)
  const tell = teller(world, flags)
  const { concurrency } = flags
  const ran = await runAll(jobs, { world, concurrency, account, options, store, config, finished: tell })
  say(world, summary(ran.finished, account))
  if (flags.json) print(world, JSON.stringify(asJson(ran.finished), null, 2))
  if (flags.markdown) print(world, driftMarkdown(driftsOf(ran.finished)))
  return ran.stopped ?? statusOf(ran.finished, found)
}

/** Says what came of a cassette, and in text what changed in it. Other forms are for the end. */
function teller(world: World, flags: RerecordFlags): (finished: Finished, progress: Progress) => void {
  const { cassettes, json, markdown } = flags
  const elsewhere = cassettes === undefined ? '' : `OPENAI_VCR_CASSETTES=${shellWord(cassettes)} `
  const colour = hasColours(world)
  return (finished, progress) => {
    const { planned, drift } = finished
    progress.say(outcomeText(finished, elsewhere))
    if (drift !== undefined && !json && !markdown) progress.print(driftText(planned.name, drift, colour))
  }
}

function driftsOf(finished: readonly Finished[]): Named[] {
  return finished.flatMap(({ planned: { name }, drift }) => (drift === undefined ? [] : [{ name, drift }]))
}

function nothingToDo(
  world: World,
  { passedOver }: Choice,
  { json, dryRun }: RerecordFlags,
  status: number,
): number {
  say(
    world,
    passedOver === 0
      ? 'no cassettes to record anew'
      : `nothing to do: ${count(passedOver, 'cassette')} passed over`,
  )
  if (json) print(world, dryRun ? estimateJson([], undefined) : JSON.stringify(asJson([]), null, 2))
  return status
}

/**
 * Before anything is sent: a key that is nowhere.
 * @throws UsageError that says which, and where it would go
 */
function checkKey(world: World, jobs: readonly Job[]): void {
  const sendable = jobs.filter(({ planned }) => planned.refusal === undefined)
  const keyless = sendable.flatMap(({ planned, planning }) => keylessIn(planned, planning, world.env) ?? [])
  if (sendable.length === 0 || keyless.length < sendable.length) return
  if (world.env['OPENAI_API_KEY'])
    throw new UsageError(
      `OPENAI_API_KEY goes to OpenAI alone, or where you say: to send it to ${keyless[0]}, from where these were recorded, give --upstream ${keyless[0]}`,
    )
  throw new UsageError(
    `no key to ask ${keyless[0]} with: set OPENAI_API_KEY. To see what would be sent, and what it may cost, give --dry-run`,
  )
}

/** @throws UsageError when there is nobody to ask */
async function mayRun(
  world: World,
  plans: readonly Planned[],
  { yes, budget }: RerecordFlags,
): Promise<boolean> {
  if (yes) return true
  if (!world.stdin.isTTY)
    throw new UsageError(
      'nothing is sent without a yes, as it costs money: no terminal to ask at, so give --yes (or --dry-run)',
    )
  world.stderr.write(`${estimateTable(plans, budget)}\n`)
  const agreed = await agrees(world, 'Send these? [y/N] ')
  if (!agreed) say(world, 'nothing was sent')
  return agreed
}

/** A budget is kept in dollars, and what has no known price has none. */
function warnOfUnpriced(world: World, plans: readonly Planned[], { budget }: RerecordFlags): void {
  const dark = plans.filter(({ usage, refusal }) => refusal === undefined && !isPriced(usage))
  if (budget === undefined || dark.length === 0) return
  const names = dark.map(({ name }) => `'${name}'`).join(', ')
  say(world, `the budget leaves out what has no known price, in ${names}`)
}

function statusOf(finished: readonly Finished[], found: number): number {
  const isFine = ({ outcome, drift }: Finished): boolean =>
    outcome.kind === 'rerecorded' && !(drift && changedInKind(drift))
  return finished.every(isFine) ? found : EXIT.finding
}
