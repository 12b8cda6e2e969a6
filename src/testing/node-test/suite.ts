import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { after, before, type SuiteContext, type TestContext } from 'node:test'
import { UsageError } from '../../messages/errors.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { casting, fileNameOf } from './casting.ts'
import { tell } from './report.ts'
import type { Played } from '../own-cassette.ts'
import { current, enterDefinitions, type Runner } from '../running.ts'
import { SharedCassette } from '../shared-cassette.ts'
import type { SuiteCassetteOptions } from '../test-options.ts'
import type { Ran } from '../verdict.ts'

export interface SuiteCassette {
  /**
   * The open cassette: in a test that test's view of it, in a hook of the suite the hooks'.
   * @throws UsageError outside both
   */
  readonly vcr: Vcr
}

const suites = new AsyncLocalStorage<CassetteSuite>()

/**
 * One cassette for a suite: its tests, whether of node:test's `test` or of ours, and its hooks share one
 * session, in their order. Call it first in a `describe`, or at the top of a file: hooks that are defined
 * before it run without the cassette.
 * @param name of the cassette, in the cassette directory
 * @example
 * describe('weather', () => {
 *   useCassette('weather')
 *   test('in Paris', async () => { … })
 *   test('in Rome', async () => { … })
 * })
 */
export function useCassette(name: string, options: SuiteCassetteOptions = {}): SuiteCassette {
  const suite = new CassetteSuite(name, options, suites.getStore())
  suites.enterWith(suite)
  enterDefinitions(() => suite.runner)
  // Hooks run in the order of their definition, and those of the user may ask: ours is defined when all others are.
  const defineAfter = AsyncResource.bind(after)
  before(async (context) => {
    await suite.open(context)
    defineAfter((ended) => suite.close(ended))
  })
  return {
    get vcr() {
      const runner = current()
      if (runner !== undefined) return runner.vcr
      throw new UsageError(`the cassette '${name}' is open in the tests and hooks of its suite only`)
    },
  }
}

/** The suite with a cassette that what is defined now stands in. */
export function suiteHere(): CassetteSuite | undefined {
  return suites.getStore()
}

/** What node:test gives to the hooks of a suite, or of a file. */
type HookContext = SuiteContext | TestContext

/** A suite, or a file, whose tests share a cassette. */
export class CassetteSuite {
  readonly #name: string
  readonly #options: SuiteCassetteOptions
  readonly #outer: CassetteSuite | undefined
  readonly #ended = Promise.withResolvers<void>()
  /** Tests that are to run, and have not begun. */
  readonly #left = new Set<object>()
  #open:
    | { readonly shared: SharedCassette; readonly runner: Runner; readonly played: Promise<Played> }
    | undefined

  constructor(name: string, options: SuiteCassetteOptions, outer: CassetteSuite | undefined) {
    this.#name = name
    this.#options = options
    this.#outer = outer
  }

  /** Whose requests those of its hooks are; undefined while it is not open. */
  get runner(): Runner | undefined {
    return this.#open?.runner
  }

  /** Expects a test that is to run. */
  expect(test: object): void {
    this.#left.add(test)
  }

  async open(context: HookContext): Promise<void> {
    const own = casting(labelOf(context), this.#name, this.#options)
    const shared = await SharedCassette.open(own, this.#outer?.runner)
    const { promise: begun, resolve: begin } = Promise.withResolvers<Runner>()
    const played = shared.runSuite(async (runner) => {
      begin(runner)
      await this.#ended.promise
      // node:test tells no hook that another has failed. Tests do not run then.
      return { failed: false, left: this.#left.size }
    })
    this.#open = { shared, runner: await begun, played }
  }

  async close(context: HookContext): Promise<void> {
    this.#ended.resolve()
    if (this.#open !== undefined) tell(context, await this.#open.played, false)
  }

  /** Runs one of its tests. */
  async runTest(
    test: object,
    label: string,
    body: (runner: Runner) => Promise<Ran>,
  ): Promise<readonly Error[]> {
    if (this.#open === undefined) throw new UsageError(`${label}: the cassette of its suite is not open`)
    this.#left.delete(test)
    return this.#open.shared.runTest(test, label, body)
  }
}

function labelOf({ fullName, filePath }: HookContext): string {
  // node:test names a file so, which is a suite to it.
  return fullName === '<root>' ? fileNameOf(filePath) : `suite '${fullName}' (${fileNameOf(filePath)})`
}
