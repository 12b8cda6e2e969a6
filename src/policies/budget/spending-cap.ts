import { type Amount, NOTHING, plus } from './amount.ts'
import type { RecordedRequest } from '../../cassette/cassette.ts'
import { Gauge } from './usage-meter.ts'

/** What a run really spends, over all its sessions: they have one purse. */
export class Spending {
  readonly gauge = new Gauge()
  readonly #underWay = new Map<RecordedRequest, Amount>()
  readonly #warned = new Set<string>()

  /** What requests may use that are not answered. */
  get underWay(): Amount {
    return [...this.#underWay.values()].reduce(plus, NOTHING)
  }

  get isUnderWay(): boolean {
    return this.#underWay.size > 0
  }

  begin(asked: RecordedRequest, mayUse: Amount): void {
    this.#underWay.set(asked, mayUse)
  }

  /** It is answered, or never will be. */
  end(asked: RecordedRequest): void {
    this.#underWay.delete(asked)
  }

  /** Whether this was not said before. */
  isNews(text: string): boolean {
    const news = !this.#warned.has(text)
    this.#warned.add(text)
    return news
  }
}
