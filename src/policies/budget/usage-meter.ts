import type { UsageSighting } from '../../api/usage.ts'
import type { Scope } from '../../engine/scope.ts'
import { type Folding, ScopedLog } from '../../engine/scoped-log.ts'
import { type Amount, minus, NOTHING, plus } from './amount.ts'

/** What an answer shows of the usage, and what it amounts to: by an estimate where the answer has none. */
export interface Metering {
  readonly sighting: Pick<UsageSighting, 'begins' | 'object' | 'uses'>
  readonly amount: Amount
}

interface MeterState {
  used: Amount
  /** Work that began without usage, by object: estimated until a later answer has the usage. */
  readonly estimated: Map<string, Amount>
}

/** Adds up the usage that answers show, as it becomes known. Summing all of them anew at each request would be slow. */
export class UsageMeter {
  readonly #log = new ScopedLog<MeterState, Metering>({ used: NOTHING, estimated: new Map() }, ADDING)

  get used(): Amount {
    return this.#log.state.used
  }

  add(metering: Metering, scope?: Scope): void {
    this.#log.add(metering, scope)
  }

  undo(scope: Scope): void {
    this.#log.undo(scope)
  }
}

const ADDING: Folding<MeterState, Metering> = {
  copy: ({ used, estimated }) => ({ used, estimated: new Map(estimated) }),
  apply: (state, { sighting: { begins, object, uses }, amount }) => {
    const before = object === undefined ? undefined : state.estimated.get(object)
    if (begins) {
      state.used = plus(state.used, amount)
      if (uses === undefined && object !== undefined)
        state.estimated.set(object, plus(before ?? NOTHING, amount))
      return
    }
    // Work that began elsewhere is not counted.
    if (before === undefined || object === undefined) return
    state.used = minus(plus(state.used, amount), before)
    state.estimated.set(object, amount)
  },
}
