import type { UsageSighting } from '../../api/usage.ts'
import type { Scope } from '../../engine/scope.ts'
import { type Folding, ScopedLog } from '../../engine/scoped-log.ts'
import { type Amount, minus, NOTHING, plus } from './amount.ts'

/** The usage that an answer reports and its amount, estimated where the answer reports none. */
export interface Metering {
  readonly sighting: Pick<UsageSighting, 'begins' | 'object' | 'uses'>
  readonly amount: Amount
}

interface MeterState {
  used: Amount
  /** Background work without usage so far, by object id. It is estimated until a later answer reports the usage. */
  readonly estimated: Map<string, Amount>
}

/** Adds up usage as answers report it, so that a check of the budget does not read all answers again. */
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
    // Work that another run started is not counted.
    if (before === undefined || object === undefined) return
    state.used = minus(plus(state.used, amount), before)
    state.estimated.set(object, amount)
  },
}
