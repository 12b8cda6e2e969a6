import type { Clock } from '../engine/ports.ts'
import type { AnswerOrLater } from '../engine/exchange/exchange.ts'
import type { OpenSession } from '../vcr/open-session.ts'

/** A session over one cassette, with the names by which clients address it. */
export interface ServedSession {
  /** Undefined for the unnamed session. */
  readonly name: string | undefined
  /** Undefined for the server's own cassette. */
  readonly cassette: string | undefined
  readonly session: OpenSession
}

/** A session that is in use. */
export interface Lease {
  readonly session: OpenSession
  release(): void
}

interface TrackedSession {
  readonly name: string | undefined
  readonly cassette: string | undefined
  readonly starting: Promise<OpenSession>
  session: OpenSession | undefined
  /** Requests in progress. */
  active: number
  lastUsed: number
}

/**
 * The server's sessions, by name and cassette. A named session that idles too long is dropped;
 * unnamed ones stay, as there is only one for each cassette.
 */
export class Sessions {
  readonly #start: (name: string | undefined, cassette: string | undefined) => Promise<OpenSession>
  readonly #clock: Clock
  readonly #idleMs: number
  /** Ordered by last use. */
  readonly #named = new Map<string, TrackedSession>()
  readonly #unnamed = new Map<string, TrackedSession>()
  /** Ended while requests were in progress. */
  readonly #ending = new Set<TrackedSession>()

  constructor(
    start: (name: string | undefined, cassette: string | undefined) => Promise<OpenSession>,
    { clock, idleMs }: { clock: Clock; idleMs: number },
  ) {
    this.#start = start
    this.#clock = clock
    this.#idleMs = idleMs
  }

  /**
   * Takes a session for one request. The first request starts it; from then on it is handed out at once.
   * @returns what is to be released when the request is done
   */
  acquire(name: string | undefined, cassette: string | undefined): AnswerOrLater<Lease> {
    this.#dropIdle()
    const key = JSON.stringify([name ?? null, cassette ?? null])
    const sessions = name === undefined ? this.#unnamed : this.#named
    const tracked = sessions.get(key) ?? this.#track(name, cassette)
    if (tracked.active === 0) sessions.set(key, tracked)
    this.#touch(key, tracked)
    tracked.active++
    const release = (): void => {
      tracked.active--
      if (sessions.get(key) === tracked) this.#touch(key, tracked)
      // A session that could not start is forgotten: its cassette may be repaired before the next request.
      if (tracked.session === undefined && tracked.active === 0 && sessions.get(key) === tracked)
        sessions.delete(key)
    }
    if (tracked.session !== undefined) return { session: tracked.session, release }
    return tracked.starting.then(
      (session) => ({ session, release }),
      (error: unknown) => {
        release()
        throw error
      },
    )
  }

  /** The unnamed sessions first, then the named ones by last use. */
  list(): readonly ServedSession[] {
    this.#dropIdle()
    return [...this.#unnamed.values(), ...this.#named.values()].flatMap(started)
  }

  /** Forgets the sessions of this name: the next request starts a new one. Requests in progress finish as usual. */
  end(name: string | undefined): void {
    for (const sessions of [this.#named, this.#unnamed]) {
      for (const [key, tracked] of sessions) {
        if (tracked.name !== name) continue
        sessions.delete(key)
        this.#ending.add(tracked)
      }
    }
    this.#forgetEnded()
  }

  /** Waits for what is in progress in any session, `graceMs` at most. */
  async settle(graceMs: number): Promise<void> {
    const all = [...this.#unnamed.values(), ...this.#named.values(), ...this.#ending]
    await Promise.all(all.map(({ session }) => session?.settle(graceMs)))
  }

  #track(name: string | undefined, cassette: string | undefined): TrackedSession {
    const starting = this.#start(name, cassette)
    const tracked: TrackedSession = {
      name,
      cassette,
      starting,
      session: undefined,
      active: 0,
      lastUsed: 0,
    }
    // A failure is reported to the request that awaits `starting`.
    starting.then(
      (session) => (tracked.session = session),
      () => {},
    )
    return tracked
  }

  /** Marks a named session as used now, and moves it behind those that idle. An unnamed one is never dropped. */
  #touch(key: string, tracked: TrackedSession): void {
    if (tracked.name === undefined) return
    tracked.lastUsed = this.#clock.now()
    this.#named.delete(key)
    this.#named.set(key, tracked)
  }

  #dropIdle(): void {
    this.#forgetEnded()
    for (const [key, tracked] of this.#named) {
      if (this.#clock.now() - tracked.lastUsed <= this.#idleMs) return
      if (isBusy(tracked)) this.#touch(key, tracked)
      else this.#named.delete(key)
    }
  }

  #forgetEnded(): void {
    for (const tracked of this.#ending) if (!isBusy(tracked)) this.#ending.delete(tracked)
  }
}

function isBusy({ active, session }: TrackedSession): boolean {
  return active > 0 || session?.busy === true
}

function started({ name, cassette, session }: TrackedSession): ServedSession[] {
  return session === undefined ? [] : [{ name, cassette, session }]
}
