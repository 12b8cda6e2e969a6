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

/** What recording a cassette anew needs besides its plan. */
export interface RerecordContext {
  readonly composition: Composition
  readonly cap: SpendingCap
  /** Stops the run; a cassette that is not complete by then is left as it was. */
  readonly signal: AbortSignal
  readonly say: (message: string) => void
  /** @param done recorded requests of this cassette that are done with */
  readonly onProgress: (done: number) => void
}

/** What came of it. Only `rerecorded` wrote the file. */
export type RerecordResult = { readonly spent: Usage } & (
  | { readonly kind: 'rerecorded'; readonly before: Cassette; readonly after: Cassette }
  | { readonly kind: 'changed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | Exclude<ChainEnd, { kind: 'whole' }>
)

/** Sends a cassette's own requests again, and writes the new recording if all of them went well. */
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
  if (end.kind !== 'whole') return { ...end, spent }
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
 * A store that writes the cassette only if its file is what it was.
 * @param text of the file when it was read
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

/** Headers that the cassette holds are recorded again, whether or not the matcher rules of today name them. */
function keepingHeaders({ cassette }: RerecordPlan, { matchersOf }: Composition): Composition['matchersOf'] {
  const recorded = cassette.interactions.flatMap(({ request }) => request.headers.map(([name]) => name))
  const counted = recorded.filter((name) => name !== 'content-type' && name !== 'upgrade')
  return (name) => {
    const rules = matchersOf(name)
    return counted.length === 0
      ? rules
      : { ...rules, headers: [...new Set([...(rules.headers ?? []), ...counted])] }
  }
}

/** The estimated cost of a cassette, reserved by interaction and spent answer by answer. */
class Reservation {
  readonly #plan: RerecordPlan
  readonly #context: RerecordContext
  readonly #fresh: Interaction[] = []
  /** US dollars that are still reserved, by interaction. */
  readonly #reserved: number[]

  constructor(plan: RerecordPlan, context: RerecordContext) {
    this.#plan = plan
    this.#context = context
    this.#reserved = plan.usages.map(usdOf)
  }

  /** Books a new answer to the nth interaction. A poll may have several. */
  spend(n: number, answer: Interaction): void {
    const { baseOf, cassette } = this.#plan
    const fresh = { ...answer, upstream: baseOf(cassette.interactions[n] as Interaction) }
    this.#fresh.push(fresh)
    const reserved = this.#reserved[n] as number
    this.#reserved[n] = 0
    const [usage] = this.#usages([fresh])
    // An answer without a price is taken to have cost what was estimated.
    const isKnown = usage !== undefined && isPriced(usage)
    this.#context.cap.spend(isKnown ? usdOf(usage) : reserved, reserved)
  }

  /** Gives back what was not spent. */
  release(): void {
    this.#context.cap.release(this.#reserved.reduce((sum, usd) => sum + usd, 0))
  }

  get spent(): Usage {
    return sumUsage(this.#usages(this.#fresh))
  }

  #usages(interactions: readonly Interaction[]): readonly Usage[] {
    const { dependencies } = this.#context.composition
    const baseOf = ({ upstream = '' }: Interaction): string => upstream
    // The new answers name the models that were really asked.
    return usageByInteraction({ interactions }, { ...dependencies, modelMap: new Map(), baseOf })
  }
}
