import { lookup } from '../../match/lookup.ts'
import type { Identity } from '../../match/identity.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { Exchange, Found } from '../exchange/exchange.ts'
import type { Entry } from '../library/catalog.ts'
import type { Scope } from '../scope.ts'
import { Aligner } from './aligner.ts'
import { Occurrences } from './occurrences.ts'

/** Finds the answers to a session's requests: counts equal ones, and aligns ids. */
export class Finder {
  readonly #context: SessionContext
  readonly #occurrences = new Occurrences()
  readonly #aligner: Aligner
  readonly #played: ReadonlyMap<Entry, number>

  /** @param played what the session has answered so far */
  constructor(context: SessionContext, played: ReadonlyMap<Entry, number>) {
    this.#context = context
    this.#aligner = new Aligner(context.library.catalog, context.dependencies.dialect.shapes.ids)
    this.#played = played
  }

  find({ identity, scope }: Pick<Exchange, 'identity' | 'scope'>): Found {
    const { plan, alignsIds } = this.#context.library
    if (!plan.reads) return NOT_READ
    const found = this.#next(identity, scope)
    if (found.outcome.kind !== 'miss' || !alignsIds) return found
    const fingerprint = this.#aligner.align(identity, this.#played, scope)
    return fingerprint === undefined ? found : this.#next({ fingerprint }, scope)
  }

  /** The next answer to requests with this fingerprint. */
  #next({ fingerprint }: Pick<Identity, 'fingerprint'>, scope: Scope | undefined): Found {
    const { library, options } = this.#context
    // A miss counts too: what is recorded for it answers this request, and not the next.
    const taken = this.#occurrences.take(fingerprint, scope)
    // Where the upstream can answer, a request made more often than recorded is one that is missing.
    const repeat = library.plan.asks === 'never' ? options.repeat : 'error'
    return {
      outcome: lookup(library.catalog.index, fingerprint, taken.place, repeat),
      giveBack: () => this.#occurrences.giveBack(taken, scope),
      use: () => this.#occurrences.use(taken, scope),
    }
  }

  undo(scope: Scope): void {
    this.#occurrences.undo(scope)
    this.#aligner.undo(scope)
  }

  /** How often the session sent the request that these answer. */
  timesRequested([first]: readonly Entry[]): number {
    return first === undefined ? 0 : this.#occurrences.times(first.identity.fingerprint)
  }
}

const NOT_READ: Found = { outcome: { kind: 'miss' }, giveBack: () => {}, use: () => {} }
