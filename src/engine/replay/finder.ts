import { lookup } from '../../match/lookup.ts'
import type { Identity } from '../../match/identity.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { Exchange, Found } from '../exchange/exchange.ts'
import type { Entry } from '../library/catalog.ts'
import type { Scope } from '../scope.ts'
import { type Folding, ScopedLog } from '../scoped-log.ts'
import { Aligner } from './aligner.ts'

/** Finds the answers to a session's requests: counts equal ones, and aligns ids. */
export class Finder {
  readonly #context: SessionContext
  readonly #occurrences = new Occurrences()
  readonly #aligner: Aligner
  readonly #givenOut: () => ReadonlySet<Entry>

  /** @param givenOut the interactions whose answers clients have */
  constructor(context: SessionContext, givenOut: () => ReadonlySet<Entry>) {
    this.#context = context
    this.#aligner = new Aligner(context.library.catalog, context.dependencies.dialect.shapes.ids)
    this.#givenOut = givenOut
  }

  find({ identity, scope }: Pick<Exchange, 'identity' | 'scope'>): Found {
    const { plan, alignsIds } = this.#context.library
    if (!plan.reads) return NOT_READ
    const found = this.#next(identity, scope)
    if (found.outcome.kind !== 'miss' || !alignsIds) return found
    const fingerprint = this.#aligner.align(identity, this.#givenOut(), scope)
    return fingerprint === undefined ? found : this.#next({ fingerprint }, scope)
  }

  /** The next answer to requests with this fingerprint. */
  #next({ fingerprint }: Pick<Identity, 'fingerprint'>, scope: Scope | undefined): Found {
    const { library, options } = this.#context
    // A miss counts too, so that an answer recorded for it is not given to the next equal request.
    const taken = this.#occurrences.take(fingerprint, scope)
    // In modes with an upstream, a request sent more often than it was recorded counts as missing.
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

  /** How often the session sent the request that these interactions answer. */
  timesRequested([first]: readonly Entry[]): number {
    return first === undefined ? 0 : this.#occurrences.times(first.identity.fingerprint)
  }
}

const NOT_READ: Found = { outcome: { kind: 'miss' }, giveBack: () => {}, use: () => {} }

/** The position among the requests with one fingerprint, from 0. It moves when an earlier request is undone. */
export interface TakenPlace {
  readonly fingerprint: string
  place: number
}

interface PlaceStep {
  readonly kind: 'take' | 'give back' | 'use'
  readonly taken: TakenPlace
}

interface PlaceCounts {
  readonly next: Map<string, number>
  /** Positions that were given back, the lowest first. */
  readonly returned: Map<string, readonly number[]>
}

/** Counts the requests with each fingerprint. A request that was not served gives its position back. */
export class Occurrences {
  readonly #log = new ScopedLog<PlaceCounts, PlaceStep>({ next: new Map(), returned: new Map() }, COUNTING)

  take(fingerprint: string, scope?: Scope): TakenPlace {
    const taken = { fingerprint, place: 0 }
    this.#log.add({ kind: 'take', taken }, scope)
    return taken
  }

  giveBack(taken: TakenPlace, scope?: Scope): void {
    this.#log.add({ kind: 'give back', taken }, scope)
  }

  /** Takes a position that was given back, unless another request has taken it meanwhile. */
  use(taken: TakenPlace, scope?: Scope): void {
    this.#log.add({ kind: 'use', taken }, scope)
  }

  undo(scope: Scope): void {
    this.#log.undo(scope)
  }

  /** How often it was requested, and served. */
  times(fingerprint: string): number {
    const { next, returned } = this.#log.state
    return (next.get(fingerprint) ?? 0) - (returned.get(fingerprint)?.length ?? 0)
  }
}

const NONE: readonly number[] = []

const COUNTING: Folding<PlaceCounts, PlaceStep> = {
  copy: ({ next, returned }) => ({ next: new Map(next), returned: new Map(returned) }),
  apply: ({ next, returned }, { kind, taken }) => {
    const { fingerprint } = taken
    const free = returned.get(fingerprint) ?? NONE
    const count = next.get(fingerprint) ?? 0
    switch (kind) {
      case 'take': {
        const [first, ...others] = free
        taken.place = first ?? count
        if (first === undefined) next.set(fingerprint, count + 1)
        else returned.set(fingerprint, others)
        return
      }
      case 'give back':
        if (taken.place === count - 1) next.set(fingerprint, taken.place)
        else
          returned.set(
            fingerprint,
            [...free, taken.place].toSorted((a, b) => a - b),
          )
        return
      case 'use':
        if (free.includes(taken.place))
          returned.set(
            fingerprint,
            free.filter((place) => place !== taken.place),
          )
        else if (taken.place === count) next.set(fingerprint, count + 1)
    }
  },
}
