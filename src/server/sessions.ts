import type { Clock } from '../engine/ports.ts'
import type { Session } from '../engine/session/session.ts'

/** A session over one cassette, and by what the server knows it. */
export interface Kept {
  /** Undefined for the session that has no name. */
  readonly name: string | undefined
  /** Undefined for the server's own cassette. */
  readonly cassette: string | undefined
  readonly session: Session
}

interface Place {
  readonly name: string | undefined
  readonly cassette: string | undefined
  readonly begun: Promise<Session>
  session: Session | undefined
  /** Requests that are being answered. */
  active: number
  lastUsed: number
}

/**
 * The sessions that a server has, by name and cassette. A named one that nobody asked for
 * so long is dropped; the one without a name stays, there is but one for each cassette.
 */
export class Sessions {
  readonly #begin: (name: string | undefined, cassette: string | undefined) => Promise<Session>
  readonly #clock: Clock
  readonly #idleMs: number
  /** In the order of their last use. */
  readonly #named = new Map<string, Place>()
  readonly #unnamed = new Map<string, Place>()
  /** Ended while something of theirs was in progress. */
  readonly #leaving = new Set<Place>()

  constructor(
    begin: (name: string | undefined, cassette: string | undefined) => Promise<Session>,
    { clock, idleMs }: { clock: Clock; idleMs: number },
  ) {
    this.#begin = begin
    this.#clock = clock
    this.#idleMs = idleMs
  }

  /** Does something within a session. It begins with its first request. */
  async within<T>(
    name: string | undefined,
    cassette: string | undefined,
    use: (session: Session) => Promise<T>,
  ): Promise<T> {
    this.#dropIdle()
    const key = JSON.stringify([name ?? null, cassette ?? null])
    const places = name === undefined ? this.#unnamed : this.#named
    const place = places.get(key) ?? this.#place(name, cassette)
    this.#touch(places, key, place)
    place.active++
    try {
      return await use(await place.begun)
    } finally {
      place.active--
      if (places.get(key) === place) this.#touch(places, key, place)
      // What could not begin is no session; its cassette may be mended meanwhile.
      if (place.session === undefined && place.active === 0 && places.get(key) === place) places.delete(key)
    }
  }

  /** Those of the server, the nameless one first, then in the order of their last use. */
  list(): readonly Kept[] {
    this.#dropIdle()
    return [...this.#unnamed.values(), ...this.#named.values()].flatMap(kept)
  }

  /** Forgets the sessions of this name: the next request begins one anew. What is in progress ends as it would. */
  end(name: string | undefined): void {
    for (const places of [this.#named, this.#unnamed]) {
      for (const [key, place] of places) {
        if (place.name !== name) continue
        places.delete(key)
        this.#leaving.add(place)
      }
    }
    this.#forgetWhatLeft()
  }

  /** Finishes what is in progress in any session, `graceMs` at most. */
  async settle(graceMs: number): Promise<void> {
    const places = [...this.#unnamed.values(), ...this.#named.values(), ...this.#leaving]
    await Promise.all(places.map(({ session }) => session?.settle(graceMs)))
  }

  #place(name: string | undefined, cassette: string | undefined): Place {
    const begun = this.#begin(name, cassette)
    const place: Place = { name, cassette, begun, session: undefined, active: 0, lastUsed: 0 }
    // Whoever waits for `begun` hears of its failure.
    begun.then(
      (session) => (place.session = session),
      () => {},
    )
    return place
  }

  /** Puts a place behind all others: those in front are the ones that idle. */
  #touch(places: Map<string, Place>, key: string, place: Place): void {
    place.lastUsed = this.#clock.now()
    places.delete(key)
    places.set(key, place)
  }

  #dropIdle(): void {
    this.#forgetWhatLeft()
    for (const [key, place] of this.#named) {
      if (this.#clock.now() - place.lastUsed <= this.#idleMs) return
      if (isBusy(place)) this.#touch(this.#named, key, place)
      else this.#named.delete(key)
    }
  }

  #forgetWhatLeft(): void {
    for (const place of this.#leaving) if (!isBusy(place)) this.#leaving.delete(place)
  }
}

function isBusy({ active, session }: Place): boolean {
  return active > 0 || session?.busy === true
}

function kept({ name, cassette, session }: Place): Kept[] {
  return session === undefined ? [] : [{ name, cassette, session }]
}
