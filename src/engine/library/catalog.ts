import type { Interaction } from '../../cassette/cassette.ts'
import type { Index } from '../../match/lookup.ts'
import type { Identify, Identity } from '../../match/identity.ts'

/** A recorded interaction, its cassette, and the fingerprint that it matches. */
export interface Entry {
  readonly cassette: string
  /** The base URL that it was recorded from, unless the interaction has its own. */
  readonly upstream: string
  readonly interaction: Interaction
  readonly identity: Identity
}

/** The interactions that a session searches, in recorded order. */
export class Catalog {
  /** The base URLs that its interactions were recorded from. */
  readonly upstreams = new Set<string>()
  readonly #identify: Identify
  readonly #entries: Entry[] = []
  readonly #index = new Map<string, Entry[]>()
  #changes = 0

  constructor(identify: Identify) {
    this.#identify = identify
  }

  get entries(): readonly Entry[] {
    return this.#entries
  }

  get index(): Index<Entry> {
    return this.#index
  }

  /** Grows with every change, so that caches know when they are stale. */
  get changes(): number {
    return this.#changes
  }

  add(
    cassette: string,
    upstream: string,
    interaction: Interaction,
    identity: Identity = this.#identify(interaction.request),
  ): Entry {
    const entry: Entry = { cassette, upstream, interaction, identity }
    this.#changes++
    this.#entries.push(entry)
    const equals = this.#index.get(identity.fingerprint)
    if (equals === undefined) this.#index.set(identity.fingerprint, [entry])
    else equals.push(entry)
    return entry
  }

  remove(interaction: Interaction): void {
    const entry = this.#entries.find((each) => each.interaction === interaction)
    if (entry === undefined) return
    this.#changes++
    this.#entries.splice(this.#entries.indexOf(entry), 1)
    const equals = this.#index.get(entry.identity.fingerprint) ?? []
    equals.splice(equals.indexOf(entry), 1)
    if (equals.length === 0) this.#index.delete(entry.identity.fingerprint)
  }
}
