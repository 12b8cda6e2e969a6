import { bodyBytes, frameTexts } from '../../cassette/bodies/body.ts'
import type { Identity } from '../../match/identity.ts'
import { type IdShapes, type WithoutIds, withoutIds } from '../../match/generated-ids.ts'
import { addPair, type IdPair, type IdPairs, noPairs, pairIds } from '../../match/id-pairs.ts'
import type { Catalog, Entry } from '../library/catalog.ts'
import { type Folding, ScopedLog } from '../scoped-log.ts'
import type { Scope } from '../scope.ts'

/**
 * Aligns ids that a client generates with the recorded ones, one to one for the length of a
 * session: where a request differs from exactly one recorded request in nothing but
 * generated ids.
 */
export class Aligner {
  readonly #catalog: Catalog
  readonly #shapesOfIds: IdShapes
  readonly #pairs = new ScopedLog<IdPairs, IdPair>(noPairs(), PAIRING)
  #shapes = new Map<string, Shaped[]>()
  /** Ids in recorded requests. */
  readonly #known = new Set<string>()
  #shapedAt = -1

  constructor(catalog: Catalog, ids: IdShapes) {
    this.#catalog = catalog
    this.#shapesOfIds = ids
  }

  /**
   * The fingerprint of the recorded request that this one equals but for its ids. Undefined where there is
   * none, or more than one. From then on the two requests' ids are equivalent.
   * @param givenOut the interactions whose answers the caller has
   */
  align(request: Identity, givenOut: ReadonlySet<Entry>, scope?: Scope): string | undefined {
    const shape = withoutIds(request.parts, this.#shapesOfIds)
    if (shape === undefined) return undefined
    const alike = this.#shaped().get(shape.fingerprint) ?? []
    const fitting = alike.flatMap(({ fingerprint, shape: recorded }) => {
      const pairs = pairIds(this.#pairs.state, shape, recorded, (pair) => this.#mustBeEqual(pair, givenOut))
      return pairs === undefined ? [] : [{ fingerprint, pairs }]
    })
    const [only] = fitting
    if (only === undefined || fitting.length > 1) return undefined
    for (const pair of only.pairs) this.#pairs.add(pair, scope)
    return only.fingerprint
  }

  /** Removes the pairs of ids that a scope aligned. */
  undo(scope: Scope): void {
    this.#pairs.undo(scope)
  }

  /** An id that a recorded request contains, or that a replayed answer gave out, must match literally. */
  #mustBeEqual({ received, recorded }: IdPair, givenOut: ReadonlySet<Entry>): boolean {
    return this.#known.has(received) || wasGivenOut(recorded, givenOut) || wasGivenOut(received, givenOut)
  }

  /** Recorded requests by shape, each fingerprint once. Built when it is first needed. */
  #shaped(): ReadonlyMap<string, readonly Shaped[]> {
    if (this.#shapedAt === this.#catalog.changes) return this.#shapes
    this.#shapes = new Map()
    for (const [fingerprint, [entry]] of this.#catalog.index) {
      const shape = entry === undefined ? undefined : withoutIds(entry.identity.parts, this.#shapesOfIds)
      if (shape === undefined) continue
      for (const value of shape.ids) this.#known.add(value)
      this.#shapes.set(shape.fingerprint, [
        ...(this.#shapes.get(shape.fingerprint) ?? []),
        { fingerprint, shape },
      ])
    }
    this.#shapedAt = this.#catalog.changes
    return this.#shapes
  }
}

const PAIRING: Folding<IdPairs, IdPair> = {
  copy: ({ recordedOf, receivedOf }) => ({
    recordedOf: new Map(recordedOf),
    receivedOf: new Map(receivedOf),
  }),
  apply: addPair,
}

interface Shaped {
  readonly fingerprint: string
  readonly shape: WithoutIds
}

function wasGivenOut(id: string, givenOut: ReadonlySet<Entry>): boolean {
  return [...givenOut].some(({ interaction: { response } }) => {
    if (response.headers.some(([, value]) => value.includes(id))) return true
    const { body } = response
    if (body.kind === 'frames') return frameTexts(body.frames, 'server').some((text) => text.includes(id))
    return body.kind !== 'blob' && Buffer.from(bodyBytes(body)).includes(id)
  })
}
