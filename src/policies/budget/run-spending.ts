import type { Exchange } from '../../engine/exchange/exchange.ts'
import { type Amount, NOTHING, plus } from './amount.ts'
import { UsageMeter } from './usage-meter.ts'

/** The money and tokens that a run really spends, over all its sessions. */
export class RunSpending {
  readonly meter = new UsageMeter()
  readonly #reserved = new Map<Exchange, Amount>()
  readonly #warned = new Set<string>()

  /** Estimated usage of requests in flight. */
  get reserved(): Amount {
    return [...this.#reserved.values()].reduce(plus, NOTHING)
  }

  get isInFlight(): boolean {
    return this.#reserved.size > 0
  }

  reserve(x: Exchange, estimate: Amount): void {
    this.#reserved.set(x, estimate)
  }

  /** Releases the reservation of an exchange that is over. */
  release(x: Exchange): void {
    this.#reserved.delete(x)
  }

  /** Whether this is the first time that the warning is due. */
  isNew(warning: string): boolean {
    const isNew = !this.#warned.has(warning)
    this.#warned.add(warning)
    return isNew
  }
}
