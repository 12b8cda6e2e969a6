import type { Repeat } from '../core/lookup.ts'
import { type Arrival, arrive } from '../engine/arrival.ts'
import type { SaveReport } from '../engine/recorder.ts'
import type { JournalEntry } from '../engine/journal.ts'
import type { Session } from '../engine/session.ts'
import { Source, type Surroundings } from '../engine/source.ts'

/** What a run of the server came to. */
export interface RunReport {
  readonly saved: readonly SaveReport[]
  readonly journal: readonly JournalEntry[]
  /** Requests that found no answer: misses and exhausted ones. */
  readonly unanswered: number
  /** Recordings that could not be written; each message says where they stand instead. */
  readonly failures: readonly Error[]
}

/** The cassettes that the server has open, and its sessions over them. */
export class Sources {
  readonly #surroundings: Surroundings
  readonly #cassette: string | undefined
  readonly #repeat: Repeat | undefined
  readonly #remedy: (cassette: string) => string
  readonly #opened = new Map<string, Promise<Source>>()
  readonly #sessions = new Map<string, Promise<Session>>()
  readonly #started: Session[] = []
  #known: ReadonlySet<string> = new Set()

  /**
   * @param cassette what requests that name none are answered from or recorded into
   * @param repeat for every session; undefined for an error in named ones and a new start in the unnamed one
   */
  constructor(
    surroundings: Surroundings,
    options: {
      cassette: string | undefined
      repeat: Repeat | undefined
      remedy: (cassette: string) => string
    },
  ) {
    this.#surroundings = surroundings
    this.#cassette = options.cassette
    this.#repeat = options.repeat
    this.#remedy = options.remedy
  }

  /** Opens what can be opened beforehand, so that what is broken is said at the start. */
  async open(): Promise<void> {
    const { store, options } = this.#surroundings
    if (options.mode === 'replay') this.#known = new Set(await store.list())
    else if (options.mode !== 'live') await store.ensureWritable()
    await this.#source(this.#cassette)
  }

  /** Whether a replay knows this cassette. A recording takes names as they come. */
  exists(name: string): boolean {
    return this.#known.has(name)
  }

  arrive(): Arrival {
    return arrive(this.#surroundings.clock)
  }

  /** The session of this name over this cassette; it begins with its first request. */
  session(name: string | undefined, cassette: string | undefined): Promise<Session> {
    const key = JSON.stringify([name ?? null, cassette ?? null])
    const begun = this.#sessions.get(key) ?? this.#begin(name, cassette)
    this.#sessions.set(key, begun)
    return begun
  }

  /** Finishes what is in flight, `graceMs` at most, and writes what was recorded if it is to be kept. */
  async close(graceMs: number, keep: boolean): Promise<RunReport> {
    await Promise.all(this.#started.map((session) => session.settle(graceMs)))
    const saved: SaveReport[] = []
    const failures: Error[] = []
    for (const opened of keep ? this.#opened.values() : []) {
      const result = await opened.then((source) => source.save()).catch((error: unknown) => error)
      if (result instanceof Error) failures.push(result)
      else if (result !== undefined) saved.push(result as SaveReport)
    }
    return {
      saved,
      failures,
      journal: this.#started.flatMap((session) => session.journal),
      unanswered: this.#started.reduce(
        (sum, session) => sum + session.count('miss') + session.count('exhausted'),
        0,
      ),
    }
  }

  async #begin(name: string | undefined, cassette: string | undefined): Promise<Session> {
    const source = await this.#source(cassette ?? this.#cassette)
    const session = source.session(this.#repeat ?? (name === undefined ? 'cycle' : 'error'))
    this.#started.push(session)
    return session
  }

  #source(cassette: string | undefined): Promise<Source> {
    const { options } = this.#surroundings
    const key = cassette ?? (options.mode === 'replay' ? '' : DEFAULT_CASSETTE)
    const opened =
      this.#opened.get(key) ??
      (key === ''
        ? Source.directory(this.#surroundings, this.#remedy(DEFAULT_CASSETTE))
        : Source.cassette(key, this.#surroundings, this.#remedy(key)))
    this.#opened.set(key, opened)
    return opened
  }
}

/** Where recordings go whose request names no cassette. */
const DEFAULT_CASSETTE = 'default'
