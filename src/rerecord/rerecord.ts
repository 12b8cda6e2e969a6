import type { Cassette, Interaction } from '../cassette/cassette.ts'
import { CassetteError } from '../messages/errors.ts'
import type { Usage } from '../api/usage.ts'
import { sumUsage } from '../api/usage.ts'
import { readCassette } from '../engine/library/read-cassette.ts'
import { Source, type Surroundings } from '../vcr/library.ts'
import type { Account } from './account.ts'
import { type ChainEnd, sendChain } from './chain.ts'
import { isPriced, usagesOf, usdOf } from './costs.ts'
import { guarded } from './guarded-store.ts'
import type { Planned } from './plan.ts'

/** What a cassette is recorded anew with. */
export interface Rerecording {
  readonly surroundings: Surroundings
  readonly models: ReadonlyMap<string, string>
  readonly account: Account
  /** Stops all; what is not whole by then is dropped. */
  readonly signal: AbortSignal
  readonly say: (message: string) => void
  /** Told of each recorded request that is done with. */
  readonly step: (done: number) => void
}

/** What came of it. Only `rerecorded` wrote anything. */
export type Rerecorded = { readonly spent: Usage } & (
  | { readonly kind: 'rerecorded'; readonly before: Cassette; readonly after: Cassette }
  | { readonly kind: 'changed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | Exclude<ChainEnd, { kind: 'whole' }>
)

/** Records a cassette anew from its own requests, and writes it if all of them went well. */
export async function rerecord(planned: Planned, rerecording: Rerecording): Promise<Rerecorded> {
  const { surroundings, account } = rerecording
  if (!account.reserve(usdOf(planned.usage))) return { kind: 'over budget', at: 0, spent: sumUsage([]) }
  const { store, foundChanged } = guarded(surroundings.store, planned.text)
  const source = await Source.cassette(
    planned.name,
    { ...surroundings, store, matchersOf: keepingHeaders(planned, surroundings) },
    '',
  )
  const bill = new Bill(planned, rerecording)
  const { clock, dialect } = surroundings
  const { models, signal, say } = rerecording
  const end = await sendChain({
    cassette: planned.cassette,
    source,
    store,
    again: dialect.rerecord,
    clock,
    models,
    baseOf: planned.baseOf,
    signal,
    say,
    mayAsk: () => account.stillFits(),
    answered: (n, fresh) => {
      bill.answered(n, fresh)
      rerecording.step(n + 1)
    },
  })
  bill.close()
  const { spent } = bill
  if (end.kind !== 'whole') return { ...end, spent }
  try {
    await source.save()
  } catch (error) {
    if (error instanceof CassetteError) return { kind: 'failed', reason: error.message, spent }
    throw error
  }
  if (foundChanged()) return { kind: 'changed', spent }
  const { cassette: after } = await readCassette(surroundings.store, planned.name)
  return { kind: 'rerecorded', before: planned.cassette, after: after as Cassette, spent }
}

/** Headers that were kept stay kept, whatever rule had them counted then. */
function keepingHeaders({ cassette }: Planned, { matchersOf }: Surroundings): Surroundings['matchersOf'] {
  const kept = cassette.interactions.flatMap(({ request }) => request.headers.map(([name]) => name))
  const counted = kept.filter((name) => name !== 'content-type' && name !== 'upgrade')
  return (name) => {
    const rules = matchersOf(name)
    return counted.length === 0
      ? rules
      : { ...rules, headers: [...new Set([...(rules.headers ?? []), ...counted])] }
  }
}

/** What a cassette's answers cost, against what was put aside for them. */
class Bill {
  readonly #planned: Planned
  readonly #rerecording: Rerecording
  readonly #fresh: Interaction[] = []
  /** What is still put aside, by interaction. */
  readonly #reserved: number[]

  constructor(planned: Planned, rerecording: Rerecording) {
    this.#planned = planned
    this.#rerecording = rerecording
    this.#reserved = planned.usages.map(usdOf)
  }

  answered(n: number, fresh: Interaction): void {
    const { baseOf, cassette } = this.#planned
    const from = baseOf(cassette.interactions[n] as Interaction)
    const asked = { ...fresh, upstream: from }
    this.#fresh.push(asked)
    const reserved = this.#reserved[n] as number
    this.#reserved[n] = 0
    const [usage] = this.#usages([asked])
    // What an answer does not tell is taken to be what it was.
    const known = usage !== undefined && isPriced(usage)
    this.#rerecording.account.spend(known ? usdOf(usage) : reserved, reserved)
  }

  close(): void {
    this.#rerecording.account.release(this.#reserved.reduce((sum, usd) => sum + usd, 0))
  }

  get spent(): Usage {
    return sumUsage(this.#usages(this.#fresh))
  }

  #usages(interactions: readonly Interaction[]): readonly Usage[] {
    const { surroundings } = this.#rerecording
    const baseOf = ({ upstream = '' }: Interaction): string => upstream
    // The answers name the models that were really asked.
    return usagesOf({ interactions }, { ...surroundings, models: new Map(), baseOf })
  }
}
