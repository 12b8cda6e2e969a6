import { type Folding, ScopedLog } from '../scoped-log.ts'
import type { Scope } from '../scope.ts'

/** A place among the requests with one fingerprint, from 0. It moves when an earlier one is undone. */
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
  /** Places below the next one that were given back, the lowest first. */
  readonly returned: Map<string, readonly number[]>
}

/** How often each fingerprint was requested; a request that was not served gives its place back. */
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

  /** Takes a place that was given back, unless another request has taken it since. */
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
