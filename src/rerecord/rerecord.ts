import type { Cassette, Interaction } from '../cassette/cassette.ts'
import { CassetteError } from '../messages/errors.ts'
import { sumUsage, type Usage } from '../api/usage.ts'
import type { Store } from '../engine/ports.ts'
import { readCassette } from '../engine/library/read-cassette.ts'
import type { Composition } from '../vcr/composition.ts'
import { openLibrary } from '../vcr/open-library.ts'
import { OpenSession, RunTotals } from '../vcr/open-session.ts'
import { type ChainEnd, sendChain } from './send-chain.ts'
import { isPriced, usageByInteraction, usdOf } from './costs.ts'
import type { RerecordPlan } from './plan.ts'
import type { SpendingCap } from './spending-cap.ts'

export interface RerecordContext {
  readonly composition: Composition
  readonly cap: SpendingCap
  /** Stops the run. An incomplete cassette keeps its old file. */
  readonly signal: AbortSignal
  readonly say: (message: string) => void
  /** @param done how many of the cassette's recorded requests are finished */
  readonly onProgress: (done: number) => void
}

/** The outcome. The file was only written for `rerecorded`. */
export type RerecordResult = { readonly spent: Usage } & (
  | { readonly kind: 'rerecorded'; readonly before: Cassette; readonly after: Cassette }
  | { readonly kind: 'changed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | Exclude<ChainEnd, { kind: 'complete' }>
)

/** Sends a cassette's requests again, and writes the new recording if all of them succeed. */
export async function rerecord(plan: RerecordPlan, context: RerecordContext): Promise<RerecordResult> {
  const { composition: given, cap, signal, say } = context
  if (!cap.reserve(usdOf(plan.usage))) return { kind: 'over budget', at: 0, spent: sumUsage([]) }
  const { store, foundChanged } = guarded(given.dependencies.store, plan.text)
  const composition: Composition = {
    ...given,
    dependencies: { ...given.dependencies, store },
    matchersOf: keepingHeaders(plan, given),
  }
  const library = await openLibrary(plan.name, composition, '')
  const reservation = new Reservation(plan, context)
  const { arrivals, clock, dialect } = composition.dependencies
  const end = await sendChain({
    cassette: plan.cassette,
    target: {
      library,
      arrivals,
      openSession: () => new OpenSession(composition, library, 'error', new RunTotals()),
    },
    store,
    support: dialect.rerecord,
    clock,
    modelMap: plan.modelMap,
    baseOf: plan.baseOf,
    signal,
    say,
    maySend: () => cap.stillFits(),
    onAnswer: (n, fresh) => {
      reservation.spend(n, fresh)
      context.onProgress(n + 1)
    },
  })
  reservation.release()
  const { spent } = reservation
  if (end.kind !== 'complete') return { ...end, spent }
  try {
    await library.save()
  } catch (error) {
    if (error instanceof CassetteError) return { kind: 'failed', reason: error.message, spent }
    throw error
  }
  if (foundChanged()) return { kind: 'changed', spent }
  const { cassette: after } = await readCassette(given.dependencies.store, plan.name)
  return { kind: 'rerecorded', before: plan.cassette, after: after as Cassette, spent }
}

/**
 * Wraps a store so that it only writes the cassette if its file has not changed.
 * @param text the file's text when it was read
 */
function guarded(store: Store, text: string): { readonly store: Store; foundChanged(): boolean } {
  let changed = false
  return {
    foundChanged: () => changed,
    store: {
      location: store.location,
      fileOf: (name) => store.fileOf(name),
      list: () => store.list(),
      read: (name) => store.read(name),
      readBlob: (sha256) => store.readBlob(sha256),
      openBlob: (sha256) => store.openBlob(sha256),
      hasBlob: (sha256) => store.hasBlob(sha256),
      ensureWritable: () => store.ensureWritable(),
      rescue: (name, printed) => store.rescue(name, printed),
      update: (name, change) =>
        store.update(name, (present) => {
          if (present === text) return change(present)
          changed = true
          return undefined
        }),
    },
  }
}

/** Adds the cassette's recorded headers to the matcher rules, so that they are recorded again even without a current rule. */
function keepingHeaders({ cassette }: RerecordPlan, { matchersOf }: Composition): Composition['matchersOf'] {
  const recorded = cassette.interactions.flatMap(({ request }) => request.headers.map(([name]) => name))
  const matched = recorded.filter((name) => name !== 'content-type' && name !== 'upgrade')
  return (name) => {
    const rules = matchersOf(name)
    return matched.length === 0
      ? rules
      : { ...rules, headers: [...new Set([...(rules.headers ?? []), ...matched])] }
  }
}

/** Reserves the estimated cost of each interaction, and replaces it with the actual cost as responses arrive. */
class Reservation {
  readonly #plan: RerecordPlan
  readonly #context: RerecordContext
  readonly #fresh: Interaction[] = []
  /** US dollars still reserved for each interaction. */
  readonly #reserved: number[]

  constructor(plan: RerecordPlan, context: RerecordContext) {
    this.#plan = plan
    this.#context = context
    this.#reserved = plan.usages.map(usdOf)
  }

  /** Adds the cost of a new response to the nth interaction. A poll may have several responses. */
  spend(n: number, answer: Interaction): void {
    const { baseOf, cassette } = this.#plan
    const fresh = { ...answer, upstream: baseOf(cassette.interactions[n] as Interaction) }
    this.#fresh.push(fresh)
    const reserved = this.#reserved[n] as number
    this.#reserved[n] = 0
    const [usage] = this.#usages([fresh])
    // If the cost of a response is unknown, its estimate counts.
    const isKnown = usage !== undefined && isPriced(usage)
    this.#context.cap.spend(isKnown ? usdOf(usage) : reserved, reserved)
  }

  /** Releases what was not spent. */
  release(): void {
    this.#context.cap.release(this.#reserved.reduce((sum, usd) => sum + usd, 0))
  }

  get spent(): Usage {
    return sumUsage(this.#usages(this.#fresh))
  }

  #usages(interactions: readonly Interaction[]): readonly Usage[] {
    const { dependencies } = this.#context.composition
    const baseOf = ({ upstream = '' }: Interaction): string => upstream
    // No model map, as the new responses already name the models that were called.
    return usageByInteraction({ interactions }, { ...dependencies, modelMap: new Map(), baseOf })
  }
}
