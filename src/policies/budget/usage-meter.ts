import { type Amount, minus, NOTHING, plus } from './amount.ts'
import type { UsageSighting } from '../../api/usage.ts'
import type { Trail } from '../../engine/scope.ts'

interface Added {
  readonly showing: Pick<UsageSighting, 'begins' | 'object' | 'uses'>
  readonly amount: Amount
  readonly trail: Trail | undefined
}

/** Adds up what answers show, as it is known: usages are summed anew each time they are asked for. */
export class Gauge {
  #used = NOTHING
  /** What was begun and did not tell what it used: counted by an estimate until a later answer tells. */
  #untold = new Map<string, Amount>()
  /** From when on trails come; where none do, nobody takes back anything. */
  #log: { readonly before: Gauge; readonly steps: Added[] } | undefined

  get used(): Amount {
    return this.#used
  }

  /** @param amount what the showing comes to, by an estimate where it does not tell */
  add(added: Added): void {
    if (added.trail !== undefined && this.#log === undefined) this.#log = { before: this.#copy(), steps: [] }
    this.#log?.steps.push(added)
    this.#count(added)
  }

  /** Has what it would have without a trail's requests. */
  undo(trail: Trail): void {
    if (this.#log === undefined) return
    const { before } = this.#log
    const steps = this.#log.steps.filter((step) => step.trail !== trail)
    this.#log = { before, steps }
    this.#take(before)
    for (const step of steps) this.#count(step)
  }

  #count({ showing: { begins, object, uses }, amount }: Added): void {
    const estimated = object === undefined ? undefined : this.#untold.get(object)
    if (begins) {
      this.#used = plus(this.#used, amount)
      if (uses === undefined && object !== undefined)
        this.#untold.set(object, plus(estimated ?? NOTHING, amount))
      return
    }
    // What was begun elsewhere is not counted.
    if (estimated === undefined || object === undefined) return
    this.#used = minus(plus(this.#used, amount), estimated)
    this.#untold.set(object, amount)
  }

  #copy(): Gauge {
    const copy = new Gauge()
    copy.#take(this)
    return copy
  }

  #take(other: Gauge): void {
    this.#used = other.#used
    this.#untold = new Map(other.#untold)
  }
}
