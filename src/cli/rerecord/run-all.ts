import pLimit from 'p-limit'
import type { Drift } from '../../api/drift.ts'
import type { Account } from '../../rerecord/account.ts'
import { keylessIn } from '../../rerecord/plan.ts'
import { rerecord } from '../../rerecord/rerecord.ts'
import { type ResolvedOptions, secretsOf } from '../../vcr/options/options.ts'
import { type DirectoryConfig, rulesOf } from '../../vcr/options/directory-config.ts'
import type { Surroundings } from '../../vcr/library.ts'
import { systemClock } from '../../node/clock.ts'
import type { FileStore } from '../../node/file-store.ts'
import { HttpUpstream } from '../../node/http-upstream.ts'
import { listPrices } from '../../node/prices.ts'
import { TempScratch } from '../../node/temp-scratch.ts'
import { tiktoken } from '../../node/tokenizer.ts'
import { openai } from '../../openai/dialect.ts'
import { type Progress, progressOf } from '../terminal/progress.ts'
import { blobsIn, removeBlobs } from '../prune/unplayed.ts'
import type { Job } from './job.ts'
import type { Finished, Outcome } from './outcome.ts'
import { settledDriftOf } from '../diff/drift-without-polls.ts'
import type { World } from '../world.ts'
import { untilSignal } from '../terminal/until-signal.ts'

export interface Running {
  readonly world: World
  readonly concurrency: number
  readonly account: Account
  readonly options: ResolvedOptions
  readonly store: FileStore
  readonly config: DirectoryConfig
  /** Told of each as soon as it is done, whatever order that is in. */
  readonly finished: (finished: Finished, progress: Progress) => void
}

export interface Ran {
  readonly finished: readonly Finished[]
  /** The exit status of what a signal stopped. */
  readonly stopped: number | undefined
}

/** Records all of them anew, some at a time. */
export async function runAll(jobs: readonly Job[], running: Running): Promise<Ran> {
  const upstream = new HttpUpstream()
  const scratch = new TempScratch()
  const signals = untilSignal(running.world)
  const progress = await progressOf(
    running.world,
    jobs.reduce((sum, { planned }) => sum + planned.cassette.interactions.length, 0),
  )
  /** Why nothing more begins. */
  let halted: string | undefined
  const run = async (job: Job): Promise<Finished> => {
    const outcome = await outcomeOf(job)
    const one = { planned: job.planned, outcome, drift: driftIn(outcome) }
    halted ??= haltedBy(one.outcome)
    running.finished(one, progress)
    return one
  }
  const outcomeOf = async (job: Job): Promise<Outcome> => {
    const { planned } = job
    const reason = planned.refusal ?? whyKeyless(job, running.world)
    if (reason !== undefined) return { kind: 'refused', reason }
    if (signals.signal.aborted) return { kind: 'not begun', reason: 'the run was stopped' }
    if (halted !== undefined) return { kind: 'not begun', reason: halted }
    let done = 0
    const advance = (to: number): void => {
      progress.advance(to - done, planned.name)
      done = to
    }
    try {
      return await rerecord(planned, {
        surroundings: surroundingsOf(job, running, { upstream, scratch }),
        models: job.planning.models,
        account: running.account,
        signal: signals.signal,
        say: (message) => progress.say(`${planned.name}: ${message}`),
        step: advance,
      })
    } finally {
      advance(planned.cassette.interactions.length)
    }
  }
  try {
    const finished = await pLimit(running.concurrency).map(jobs, run)
    await removeLeft(running.store, finished)
    return { finished, stopped: signals.status() }
  } finally {
    progress.end()
    signals.end()
    scratch.close()
    await upstream.close()
  }
}

function driftIn(outcome: Outcome): Drift | undefined {
  return outcome.kind === 'rerecorded' ? settledDriftOf(outcome.before, outcome.after) : undefined
}

function whyKeyless({ planned, planning }: Job, { env }: World): string | undefined {
  const base = keylessIn(planned, planning, env)
  if (base === undefined) return undefined
  return `there is no key for ${base}: OPENAI_API_KEY goes to OpenAI alone, or where --upstream says`
}

/** What would be so for every other cassette as well. */
function haltedBy(outcome: Outcome): string | undefined {
  if (outcome.kind === 'over budget') return 'the budget is spent'
  if (outcome.kind === 'diverged' && (outcome.status === 401 || outcome.status === 403))
    return 'the key was refused'
  return undefined
}

function surroundingsOf(
  { planning }: Job,
  { world: { env }, options, store, config }: Running,
  { upstream, scratch }: { upstream: HttpUpstream; scratch: TempScratch },
): Surroundings {
  return {
    options: { ...options, upstream: planning.upstream },
    store,
    scratch,
    upstream,
    clock: systemClock,
    prices: listPrices,
    tokenizer: tiktoken,
    dialect: openai,
    secrets: secretsOf(env),
    env,
    matchersOf: (name) => rulesOf(config, name, options.matchers),
    // What goes wrong with a request is said with what came of its cassette.
    warn: () => {},
  }
}

/** Bodies in files of their own that only the old recordings needed. */
async function removeLeft(store: FileStore, finished: readonly Finished[]): Promise<void> {
  const before = finished.flatMap(({ outcome }) =>
    outcome.kind === 'rerecorded' ? outcome.before.interactions : [],
  )
  await removeBlobs(store, before.flatMap(blobsIn))
}
