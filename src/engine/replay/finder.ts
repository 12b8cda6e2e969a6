import { lookup, type Outcome } from '../../match/lookup.ts'
import type { Identity } from '../../match/identity.ts'
import { Aligner } from './aligner.ts'
import type { Entry } from '../library/catalog.ts'
import { Occurrences } from './occurrences.ts'
import type { Setting } from '../setting.ts'
import type { Trail } from '../scope.ts'

/** What was found for a request. */
export interface Found {
  readonly outcome: Outcome<Entry>
  /** Lets the next request with its fingerprint have it: this one was not served. */
  giveBack(): void
  /** Uses it up after all, unless another has. */
  use(): void
}

type FinderSetting = Pick<Setting, 'plan' | 'catalog' | 'repeat' | 'align' | 'dialect'>

/** Finds the answers to a session's requests: it counts the equal ones, and lets ids stand for others. */
export class Finder {
  readonly #setting: FinderSetting
  readonly #occurrences = new Occurrences()
  readonly #aligner: Aligner
  readonly #played: ReadonlySet<Entry>

  /** @param played what the session has answered so far */
  constructor(setting: FinderSetting, played: ReadonlySet<Entry>) {
    this.#setting = setting
    this.#aligner = new Aligner(setting.catalog, setting.dialect.shapes.ids)
    this.#played = played
  }

  find(asked: Identity, trail: Trail | undefined): Found {
    const { plan, align } = this.#setting
    if (!plan.reads) return { outcome: { kind: 'miss' }, giveBack: () => {}, use: () => {} }
    const found = this.#next(asked.fingerprint, trail)
    if (found.outcome.kind !== 'miss' || !align) return found
    const aligned = this.#aligner.align(asked, this.#played)
    if (aligned === undefined) return found
    trail?.aligned.push(...aligned.values)
    return this.#next(aligned.fingerprint, trail)
  }

  /** The next answer to requests with this fingerprint. */
  #next(fingerprint: string, trail: Trail | undefined): Found {
    const { plan, catalog, repeat } = this.#setting
    // A miss counts too: what is recorded for it is the answer to this request, and not to the next.
    const place = this.#occurrences.take(fingerprint)
    trail?.counted.push(fingerprint)
    return {
      // Where the upstream can be asked, a request made once more than recorded is one that is missing.
      outcome: lookup(catalog.index, fingerprint, place, plan.asks === 'never' ? repeat : 'error'),
      giveBack: () => {
        this.#occurrences.giveBack(fingerprint, place)
        trail?.counted.splice(trail.counted.lastIndexOf(fingerprint), 1)
      },
      use: () => {
        if (this.#occurrences.use(fingerprint, place)) trail?.counted.push(fingerprint)
      },
    }
  }

  /** Takes back what a trail looked up. */
  undo(trail: Trail): void {
    for (const fingerprint of trail.counted) this.#occurrences.giveBack(fingerprint)
    this.#aligner.undo(trail.aligned)
  }

  /** How often the session was asked for what these answer. */
  timesAsked([first]: readonly Entry[]): number {
    return first === undefined ? 0 : this.#occurrences.times(first.identity.fingerprint)
  }
}
