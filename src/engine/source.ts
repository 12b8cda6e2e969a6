import type { Dialect } from '../core/dialect.ts'
import type { Repeat } from '../core/lookup.ts'
import { Redactor } from '../core/redaction/redactor.ts'
import { Catalog } from './catalog.ts'
import { catalogOf } from './catalogs.ts'
import { type Plan, planOf } from './modes.ts'
import type { ResolvedOptions } from './options.ts'
import type { Clock, Store, Upstream } from './ports.ts'
import { Recorder, type SaveReport } from './recorder.ts'
import { RequestReader } from './request-reader.ts'
import { Session } from './session.ts'

/** What a source needs of the world, and what the user chose. */
export interface Surroundings {
  readonly options: ResolvedOptions
  readonly store: Store
  readonly upstream: Upstream
  readonly clock: Clock
  readonly dialect: Dialect
  readonly secrets: readonly string[]
  readonly warn: (message: string) => void
}

/** A cassette, or a whole directory of them, opened for a run. Its sessions share what is recorded. */
export class Source {
  readonly #surroundings: Surroundings
  readonly #plan: Plan
  readonly #catalog: Catalog
  readonly #recorder: Recorder | undefined
  readonly #redactor: Redactor
  readonly #reader: RequestReader
  readonly #names: { readonly where: string; readonly remedy: string }

  private constructor(
    surroundings: Surroundings,
    opened: { plan: Plan; catalog: Catalog; recorder: Recorder | undefined; where: string; remedy: string },
  ) {
    this.#surroundings = surroundings
    this.#plan = opened.plan
    this.#catalog = opened.catalog
    this.#recorder = opened.recorder
    this.#names = { where: opened.where, remedy: opened.remedy }
    this.#redactor = new Redactor(surroundings.secrets, surroundings.options.redact)
    this.#reader = new RequestReader(this.#redactor, surroundings.dialect)
  }

  /**
   * Opens one cassette.
   * @throws CassetteError when the mode reads it and it is broken
   * @throws UsageError when the mode records and the directory cannot be written
   */
  static async cassette(name: string, surroundings: Surroundings, remedy: string): Promise<Source> {
    const { store, options, clock } = surroundings
    const text = await store.read(name)
    const plan = planOf(options.mode, text !== undefined)
    if (plan.writes !== 'never') await store.ensureWritable()
    const catalog = plan.reads ? await catalogOf(store, [name]) : new Catalog()
    const recorder =
      plan.writes === 'never'
        ? undefined
        : new Recorder({
            name,
            store,
            clock,
            replaces: plan.writes === 'replaces',
            present: (fingerprint) => catalog.index.get(fingerprint)?.length ?? 0,
            openedText: text,
          })
    const where =
      text === undefined
        ? `cassette '${name}' (${store.fileOf(name)} does not exist)`
        : `cassette '${name}' (${store.fileOf(name)})`
    return new Source(surroundings, { plan, catalog, recorder, where, remedy })
  }

  /** Opens every cassette of the directory for a replay. */
  static async directory(surroundings: Surroundings, remedy: string): Promise<Source> {
    const { store } = surroundings
    const names = await store.list()
    const where = `the ${names.length} cassettes in ${store.location}`
    return new Source(surroundings, {
      plan: planOf('replay', true),
      catalog: await catalogOf(store, names),
      recorder: undefined,
      where,
      remedy,
    })
  }

  get redactor(): Redactor {
    return this.#redactor
  }

  session(repeat: Repeat): Session {
    const { options, store, upstream, clock, dialect, warn } = this.#surroundings
    return new Session({
      plan: this.#plan,
      catalog: this.#catalog,
      recorder: this.#recorder,
      redactor: this.#redactor,
      reader: this.#reader,
      dialect,
      store,
      upstream,
      clock,
      repeat,
      timing: options.timing,
      base: { url: options.upstream ?? dialect.defaultUpstream, explicit: options.upstream !== undefined },
      keepTruncated: options.keepTruncated,
      warn,
      ...this.#names,
    })
  }

  /** Writes what the sessions recorded; undefined when nothing is recorded in this mode. */
  save(): Promise<SaveReport | undefined> {
    return this.#recorder === undefined ? Promise.resolve(undefined) : this.#recorder.save()
  }
}
