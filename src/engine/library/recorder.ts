import {
  CASSETTE_VERSION,
  type Cassette,
  type Interaction,
  mergeInteractions,
} from '../../cassette/cassette.ts'
import { parseCassette, printCassette } from '../../cassette/notation/text.ts'
import { CassetteError } from '../../messages/errors.ts'
import type { Expires } from '../../cassette/expiry.ts'
import type { LargeBody } from '../../http/large.ts'
import type { Identify } from '../../match/identity.ts'
import { blobsOf } from './read-cassette.ts'
import type { Clock, Printed, Store } from '../ports.ts'
import type { Scope } from '../scope.ts'

/** Large bodies that were recorded but not written to a file yet, by SHA-256. */
interface Spooled {
  get(sha256: string): LargeBody | undefined
}

/** A position in the recording. It is taken when a request arrives and filled when its exchange is complete. */
export interface Slot {
  readonly fingerprint: string
  /** The number among equal requests, over the interactions that stay in the file and those of this run. */
  readonly occurrence: number
  /** The request's position among all requests. */
  readonly order: number
  readonly scope: Scope | undefined
}

export interface SaveReport {
  readonly cassette: string
  readonly file: string
  /** How many interactions were removed from the file. */
  readonly removed: number
  readonly added: number
  /** Whether the file was written. */
  readonly written: boolean
}

/** Collects what all sessions of a run record for one cassette. */
export class Recorder {
  #filled: { slot: Slot; interaction: Interaction; upstream: string }[] = []
  readonly #taken: Slot[] = []
  readonly #forgotten = new Set<Slot>()
  readonly #counts = new Map<string, number>()
  readonly #options: RecorderOptions

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  take(fingerprint: string, order: number, scope: Scope | undefined): Slot {
    const occurrence = this.#counts.get(fingerprint) ?? this.#options.present(fingerprint)
    this.#counts.set(fingerprint, occurrence + 1)
    const slot = { fingerprint, occurrence, order, scope }
    this.#taken.push(slot)
    return slot
  }

  fill(slot: Slot, interaction: Interaction, upstream: string): void {
    if (!this.#forgotten.has(slot)) this.#filled.push({ slot, interaction, upstream })
  }

  /** The interactions recorded for a scope. */
  recordedFor(scope: Scope): readonly Interaction[] {
    return this.#filled.filter(({ slot }) => slot.scope === scope).map(({ interaction }) => interaction)
  }

  /** Frees the slots of a scope, including those of exchanges in progress. Returns their interactions. */
  forget(scope: Scope): readonly Interaction[] {
    for (const slot of this.#taken) {
      if (slot.scope !== scope || this.#forgotten.has(slot)) continue
      this.#forgotten.add(slot)
      this.#counts.set(slot.fingerprint, (this.#counts.get(slot.fingerprint) ?? 1) - 1)
    }
    const left = this.#filled.filter(({ slot }) => this.#forgotten.has(slot))
    this.#filled = this.#filled.filter(({ slot }) => !this.#forgotten.has(slot))
    return left.map(({ interaction }) => interaction)
  }

  /** Whether a request has no recorded answer. A request that was recorded when it was sent again has one. */
  get hasUnrecorded(): boolean {
    const recorded = new Set(this.#filled.map(({ slot }) => slot.fingerprint))
    return this.#taken.some((slot) => !this.#forgotten.has(slot) && !recorded.has(slot.fingerprint))
  }

  /**
   * Writes the recordings. A run without recordings does not touch the file.
   * @param spooled the large bodies that the interactions refer to
   */
  async save(spooled: Spooled): Promise<SaveReport> {
    const { name, store } = this.#options
    let report: SaveReport = {
      cassette: name,
      file: store.fileOf(name),
      removed: 0,
      added: 0,
      written: false,
    }
    if (this.#filled.length === 0) return report
    try {
      await store.update(name, (present) => {
        const base = this.#base(present)
        const cassette = this.#merged(base)
        const printed = this.#printed(cassette, spooled)
        const removed = present === undefined || base !== undefined ? 0 : countInteractions(present)
        const added = cassette.interactions.length - (base?.interactions.length ?? 0)
        const written = printed.text !== present
        report = { ...report, removed, added, written }
        return written ? printed : undefined
      })
      return report
    } catch (error) {
      throw await this.#rescued(error, this.#printed(this.#merged(undefined), spooled))
    }
  }

  /** The new file, and its blobs that this run recorded. */
  #printed(cassette: Cassette, spooled: Spooled): Printed {
    const { text, blobs } = printCassette(cassette)
    const ours = this.#filled.flatMap(({ interaction: { request, response } }) =>
      [...blobsOf(request.body), ...blobsOf(response.body)].flatMap((name) => {
        const body = spooled.get(name)
        return body === undefined ? [] : [[name, body] as const]
      }),
    )
    return { text, blobs: new Map<string, Uint8Array | LargeBody>([...blobs, ...ours]) }
  }

  /** The interactions that stay in the file. A replaced file keeps none, unless another process wrote it meanwhile. */
  #base(present: string | undefined): Cassette | undefined {
    const { name, store, replaces, openedText } = this.#options
    if (present === undefined || (replaces && present === openedText)) return undefined
    return parseCassette(present, store.fileOf(name))
  }

  #merged(base: Cassette | undefined): Cassette {
    const today = this.#options.clock.today()
    const ours = this.#filled.toSorted((a, b) => a.slot.order - b.slot.order)
    const upstream = base?.upstream ?? (ours[0]?.upstream as string)
    const recordedAt = base?.recordedAt ?? today
    const merged = mergeInteractions(
      (base?.interactions ?? []).map((value) => ({
        value,
        fingerprint: this.#options.identify(value.request).fingerprint,
      })),
      ours.map(({ slot, interaction, upstream: from }) => ({
        ...slot,
        value: {
          ...(from === upstream ? {} : { upstream: from }),
          ...(today === recordedAt ? {} : { recordedAt: today }),
          ...interaction,
        },
      })),
    )
    const expires = base === undefined ? this.#expiresOfReplaced() : base.expires
    return {
      version: CASSETTE_VERSION,
      upstream,
      recordedAt,
      ...(expires === undefined ? {} : { expires }),
      interactions: merged.map(({ value }) => value),
    }
  }

  /** The `expires` setting of the old file, which a replacement keeps. A broken file has none. */
  #expiresOfReplaced(): Expires | undefined {
    const { name, store, openedText } = this.#options
    if (openedText === undefined) return undefined
    try {
      return parseCassette(openedText, store.fileOf(name)).expires
    } catch (error) {
      if (error instanceof CassetteError) return undefined
      throw error
    }
  }

  async #rescued(error: unknown, printed: Printed): Promise<Error> {
    const reason = error instanceof Error ? error.message : String(error)
    const place = await this.#options.store.rescue(this.#options.name, printed)
    return new CassetteError(
      `cannot write the recording of '${this.#options.name}': ${reason}. Nothing is lost: it was saved as ${place}`,
      { cause: error },
    )
  }
}

/** How many interactions a file holds. It counts lines, so it works for a broken file too. */
function countInteractions(text: string): number {
  return text.match(/^ {2}- /gm)?.length ?? 0
}

export interface RecorderOptions {
  readonly name: string
  readonly store: Store
  readonly clock: Clock
  readonly identify: Identify
  readonly replaces: boolean
  /** The number of interactions with this fingerprint that stay in the file. */
  readonly present: (fingerprint: string) => number
  /** The file's text when the run began. */
  readonly openedText: string | undefined
}
