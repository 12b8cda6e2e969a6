import { constants } from 'node:os'
import { openai } from '../../openai/dialect.ts'
import pLimit from 'p-limit'
import type { Drift } from '../../api/drift.ts'
import { type RerecordPlan, urlWithoutKey } from '../../rerecord/plan.ts'
import { rerecord } from '../../rerecord/rerecord.ts'
import type { ResolvedOptions } from '../../vcr/options/resolve-options.ts'
import type { Config } from '../../vcr/options/config.ts'
import type { SpendingCap } from '../../rerecord/spending-cap.ts'
import { compose } from '../../vcr/compose.ts'
import type { FileStore } from '../../node/file-store.ts'
import { type Progress, progressOf } from '../terminal/progress.ts'
import { driftWithoutPolls } from '../diff/drift-without-polls.ts'
import { blobsIn, removeUnneededBlobs } from '../prune/unneeded-blobs.ts'
import type { RerecordOutcome, FinishedCassette } from './outcome.ts'
import type { World } from '../terminal/world.ts'

export interface RunOptions {
  readonly world: World
  /** Cassettes at a time. */
  readonly concurrency: number
  readonly cap: SpendingCap
  readonly options: ResolvedOptions
  readonly store: FileStore
  readonly config: Config
  /** Called for each cassette as it is done, in whatever order. */
  readonly onFinished: (finished: FinishedCassette, progress: Progress) => void
}

export interface RunResult {
  /** In the order of the plans. */
  readonly finished: readonly FinishedCassette[]
  /** The exit status, if a signal stopped the run. */
  readonly stopped: number | undefined
}

/** Records all of them anew, some at a time. */
export async function runAll(plans: readonly RerecordPlan[], options: RunOptions): Promise<RunResult> {
  const composition = compose({
    options: options.options,
    config: options.config,
    env: options.world.env,
    // The outcome of a cassette says what went wrong with its requests.
    warn: () => {},
    whyKept: undefined,
  })
  const signals = untilSignal(options.world)
  const progress = await progressOf(
    options.world,
    plans.reduce((sum, { cassette }) => sum + cassette.interactions.length, 0),
  )
  /** Why nothing more begins. */
  let halted: string | undefined
  const run = async (plan: RerecordPlan): Promise<FinishedCassette> => {
    const outcome = await outcomeOf(plan)
    const finished = { plan, outcome, drift: driftIn(outcome) }
    halted ??= haltedBy(outcome)
    options.onFinished(finished, progress)
    return finished
  }
  const outcomeOf = async (plan: RerecordPlan): Promise<RerecordOutcome> => {
    const reason = plan.refusal ?? whyNoKey(plan, options.world)
    if (reason !== undefined) return { kind: 'refused', reason }
    if (signals.signal.aborted) return { kind: 'not begun', reason: 'the run was stopped' }
    if (halted !== undefined) return { kind: 'not begun', reason: halted }
    let done = 0
    const advance = (to: number): void => {
      progress.advance(to - done, plan.name)
      done = to
    }
    try {
      return await rerecord(plan, {
        composition: { ...composition, options: { ...options.options, upstream: plan.upstream } },
        cap: options.cap,
        signal: signals.signal,
        say: (message) => progress.say(`${plan.name}: ${message}`),
        onProgress: advance,
      })
    } finally {
      advance(plan.cassette.interactions.length)
    }
  }
  try {
    const finished = await pLimit(options.concurrency).map(plans, run)
    await removeOldBlobs(options.store, finished)
    return { finished, stopped: signals.status() }
  } finally {
    progress.end()
    signals.end()
    await composition.close()
  }
}

/** Aborts when the user interrupts. A second interrupt ends the process at once. */
interface Interruption {
  readonly signal: AbortSignal
  /** The exit status of a process that was ended by the signal; undefined before one arrives. */
  readonly status: () => number | undefined
  end(): void
}

function untilSignal({ onSignal, endBy }: World): Interruption {
  const abort = new AbortController()
  let status: number | undefined
  // Keeps listening: a library that unlocks files ends the process if nobody else listens.
  const stop = (signal: NodeJS.Signals): void => {
    if (status !== undefined) {
      end()
      endBy(signal)
      return
    }
    status = 128 + constants.signals[signal]
    abort.abort(new Error(`stopped by ${signal}`))
  }
  const end = onSignal(stop)
  return { signal: abort.signal, status: () => status, end }
}

function driftIn(outcome: RerecordOutcome): Drift | undefined {
  return outcome.kind === 'rerecorded' ? driftWithoutPolls(outcome.before, outcome.after) : undefined
}

function whyNoKey(plan: RerecordPlan, { env }: World): string | undefined {
  const base = urlWithoutKey(plan, openai, env)
  if (base === undefined) return undefined
  return `there is no API key for ${base}: OPENAI_API_KEY is only sent to OpenAI, or to the URL of --upstream`
}

/** Why no other cassette would fare better. */
function haltedBy(outcome: RerecordOutcome): string | undefined {
  if (outcome.kind === 'over budget') return 'the budget is spent'
  if (outcome.kind === 'diverged' && (outcome.status === 401 || outcome.status === 403))
    return 'the API rejected the key'
  return undefined
}

/** Deletes bodies in files of their own that only the old recordings named. */
async function removeOldBlobs(store: FileStore, finished: readonly FinishedCassette[]): Promise<void> {
  const before = finished.flatMap(({ outcome }) =>
    outcome.kind === 'rerecorded' ? outcome.before.interactions : [],
  )
  await removeUnneededBlobs(store, before.flatMap(blobsIn))
}
