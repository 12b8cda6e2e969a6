import type { Age } from '../../cassette/expiry.ts'
import { type CassetteDrift, hasStructuralChanges } from '../../api/drift.ts'
import { driftMarkdown } from '../../drift/drift-markdown.ts'
import { driftText } from '../../drift/drift-text.ts'
import { UsageError } from '../../messages/errors.ts'
import { counted } from '../../messages/figures.ts'
import { systemClock } from '../../node/clock.ts'
import { FileStore } from '../../node/file-store.ts'
import { listPrices } from '../../node/prices.ts'
import { tiktoken } from '../../node/tokenizer.ts'
import { openai } from '../../openai/dialect.ts'
import type { RedactRule } from '../../redact/rules.ts'
import { planRerecord, type RerecordPlan } from '../../rerecord/plan.ts'
import { SpendingCap } from '../../rerecord/spending-cap.ts'
import { readConfig } from '../../vcr/options/config-file.ts'
import { upstreamOf } from '../../vcr/options/config.ts'
import { resolveOptions } from '../../vcr/options/resolve-options.ts'
import { redactWith } from '../../vcr/options/secrets.ts'
import { EXIT } from '../terminal/exit.ts'
import { type CassettesFlag, cassettesVariable } from '../flags/cassettes-flag.ts'
import { confirm } from '../terminal/confirm.ts'
import type { Progress } from '../terminal/progress.ts'
import { hasColours, print, say, type World } from '../terminal/world.ts'
import { checkKey, checkModels, warnOfUnpriced } from './checks.ts'
import { chooseCassettes, type ChosenCassettes } from './choose-cassettes.ts'
import { estimateJson, estimateTable } from './estimate.ts'
import { type FinishedCassette, outcomeJson, outcomeText, summary } from './outcome.ts'
import { runAll } from './run-all.ts'

export interface RerecordFlags extends CassettesFlag {
  readonly upstream?: string
  readonly onlyOlderThan?: Age
  readonly stale?: true
  readonly modelMap?: ReadonlyMap<string, string>
  readonly redact?: readonly RedactRule[]
  readonly concurrency: number
  readonly budget?: number
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
  readonly markdown?: true
}

/** @returns the exit status */
export async function rerecordAll(
  world: World,
  names: readonly string[],
  flags: RerecordFlags,
): Promise<number> {
  const options = resolveOptions({ redact: flags.redact ?? [] }, world.env, {
    mode: 'record',
    ...(flags.cassettes !== undefined && { dir: flags.cassettes }),
    ...(flags.upstream !== undefined && { upstream: flags.upstream }),
  })
  const { modelMap = new Map<string, string>(), budget, concurrency } = flags
  const store = new FileStore(options.dir)
  const config = await readConfig(options.dir, redactWith(world.env))
  const chosen = await chooseCassettes(store, names, { ...flags, config, today: systemClock.today() })
  for (const message of chosen.messages) say(world, message)
  const status = chosen.messages.length > 0 ? EXIT.finding : EXIT.ok
  const plans = chosen.cassettes.map((file) =>
    planRerecord(file, {
      dialect: openai,
      prices: listPrices,
      tokenizer: tiktoken,
      clock: systemClock,
      modelMap,
      upstream: options.upstream ?? upstreamOf(config, file.name),
    }),
  )
  if (plans.length === 0) return nothingToDo(world, chosen, flags, status)
  checkModels(plans, modelMap)
  if (flags.dryRun) {
    print(world, flags.json ? estimateJson(plans, budget) : estimateTable(plans, budget))
    return status
  }
  checkKey(plans, world.env)
  if (!(await mayRun(world, plans, flags))) return EXIT.ok
  warnOfUnpriced(world, plans, budget)
  const cap = new SpendingCap(budget)
  const onFinished = finishedPrinter(world, flags)
  const { finished, stopped } = await runAll(plans, {
    world,
    concurrency,
    cap,
    options,
    store,
    config,
    onFinished,
  })
  say(world, summary(finished, budget))
  if (flags.json) print(world, JSON.stringify(outcomeJson(finished), null, 2))
  if (flags.markdown) print(world, driftMarkdown(driftsOf(finished)))
  return stopped ?? (finished.every(isUnchanged) ? status : EXIT.finding)
}

/** Prints each cassette as it is finished. JSON and Markdown wait for the end. */
function finishedPrinter(
  world: World,
  flags: RerecordFlags,
): (finished: FinishedCassette, progress: Progress) => void {
  const { json, markdown } = flags
  const colour = hasColours(world)
  return (finished, progress) => {
    const { plan, drift } = finished
    progress.say(outcomeText(finished, cassettesVariable(flags)))
    if (drift !== undefined && !json && !markdown) progress.print(driftText(plan.name, drift, colour))
  }
}

function driftsOf(finished: readonly FinishedCassette[]): CassetteDrift[] {
  return finished.flatMap(({ plan: { name }, drift }) => (drift === undefined ? [] : [{ name, drift }]))
}

function nothingToDo(
  world: World,
  { skipped, messages }: ChosenCassettes,
  { json, dryRun }: RerecordFlags,
  status: number,
): number {
  if (skipped > 0) say(world, `nothing to do: ${counted(skipped, 'cassette')} skipped as not old enough`)
  else if (messages.length === 0) say(world, 'no cassettes to re-record')
  if (json) print(world, dryRun ? estimateJson([], undefined) : JSON.stringify(outcomeJson([]), null, 2))
  return status
}

/** @throws UsageError when there is no terminal to ask on */
async function mayRun(
  world: World,
  plans: readonly RerecordPlan[],
  { yes, budget }: RerecordFlags,
): Promise<boolean> {
  if (yes) return true
  if (!world.stdin.isTTY)
    throw new UsageError(
      'sending requests costs money and needs confirmation, and there is no terminal to ask on: pass --yes, or --dry-run for an estimate',
    )
  world.stderr.write(`${estimateTable(plans, budget)}\n`)
  const agreed = await confirm(world, 'Send these requests? [y/N] ')
  if (!agreed) say(world, 'nothing was sent')
  return agreed
}

/** Whether the cassette was written, and nothing changed in it that a program may depend on. */
function isUnchanged({ outcome, drift }: FinishedCassette): boolean {
  return outcome.kind === 'rerecorded' && !(drift && hasStructuralChanges(drift))
}
