import { bodyBytes, frameTexts } from '../../cassette/bodies/body.ts'
import type { Identity } from '../../match/identity.ts'
import { type IdShapes, type WithoutIds, withoutIds } from '../../match/generated-ids.ts'
import type { Catalog, Entry } from '../library/catalog.ts'

/**
 * Aligns a caller's own ids with the recorded ones, one to one for the length of a
 * session: where a request differs from exactly one recorded request in nothing but
 * generated ids.
 */
export class Aligner {
  readonly #catalog: Catalog
  readonly #shapesOfIds: IdShapes
  readonly #recordedOf = new Map<string, string>()
  readonly #receivedOf = new Map<string, string>()
  #shapes = new Map<string, Shaped[]>()
  /** Generated ids of recorded requests. */
  readonly #known = new Set<string>()
  #shapedAt = -1

  constructor(catalog: Catalog, ids: IdShapes) {
    this.#catalog = catalog
    this.#shapesOfIds = ids
  }

  /**
   * The recorded request that this one is; undefined when there is none, or more than one
   * that it could be.
   * @param played what the session has answered so far
   */
  align(asked: Identity, played: ReadonlySet<Entry>): Aligned | undefined {
    const shape = withoutIds(asked.parts, this.#shapesOfIds)
    if (shape === undefined) return undefined
    const alike = this.#shaped().get(shape.fingerprint) ?? []
    const fitting = alike.filter((each) => this.#fits(shape, each, played))
    const [only] = fitting
    if (only === undefined || fitting.length > 1) return undefined
    const values = shape.ids
      .map((received, i) => ({ received, recorded: only.shape.ids[i] as string }))
      .filter(({ received }) => !this.#recordedOf.has(received))
    for (const { received, recorded } of values) {
      this.#recordedOf.set(received, recorded)
      this.#receivedOf.set(recorded, received)
    }
    return { fingerprint: only.fingerprint, values }
  }

  /** Lets ids stand for themselves again. */
  undo(values: Aligned['values']): void {
    for (const { received, recorded } of values) {
      this.#recordedOf.delete(received)
      this.#receivedOf.delete(recorded)
    }
  }

  #fits(asked: WithoutIds, { shape }: Shaped, played: ReadonlySet<Entry>): boolean {
    return asked.ids.every((received, i) => {
      const recorded = shape.ids[i] as string
      const aligned = this.#recordedOf.get(received)
      if (aligned !== undefined || this.#receivedOf.has(recorded)) return aligned === recorded
      if (received === recorded) return true
      // An id that the cassette knows means what it means there. One that the session has
      // given to the caller comes back as it is.
      return !this.#known.has(received) && !wasHandedOut(recorded, played) && !wasHandedOut(received, played)
    })
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

/** A recorded request's fingerprint, and the ids that are aligned from now on. */
export interface Aligned {
  readonly fingerprint: string
  readonly values: readonly { readonly received: string; readonly recorded: string }[]
}

interface Shaped {
  readonly fingerprint: string
  readonly shape: WithoutIds
}

function wasHandedOut(id: string, played: ReadonlySet<Entry>): boolean {
  return [...played].some(({ interaction: { response } }) => {
    if (response.headers.some(([, value]) => value.includes(id))) return true
    const { body } = response
    if (body.kind === 'frames') return frameTexts(body.frames, 'server').some((text) => text.includes(id))
    return body.kind !== 'blob' && Buffer.from(bodyBytes(body)).includes(id)
  })
}
