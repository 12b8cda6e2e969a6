import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { after, before, type SuiteContext, type TestContext } from 'node:test'
import { UsageError } from '../../messages/errors.ts'
import { cassetteNamed, fileNameOf } from './cassette-for.ts'
import { reportFindings } from './diagnostics.ts'
import type { CassetteRun } from '../cassette-report.ts'
import { currentOwner, enterDefinitions, type RequestOwner } from '../request-owners.ts'
import { SharedCassette, type SuiteCassette } from '../shared-cassette.ts'
import type { SuiteCassetteOptions } from '../test-options.ts'
import type { TestOutcome } from '../test-outcome.ts'

const suites = new AsyncLocalStorage<NodeTestSuite>()

/**
 * One cassette for a suite: its hooks and tests share one session, in their order, whether they use
 * node:test's `test` or this module's. Call it first in a `describe`, or at the top of a file: hooks that are
 * defined before it run without the cassette.
 * @param name the cassette's name, in the cassette directory
 * @example
 * describe('weather', () => {
 *   useCassette('weather')
 *   test('in Paris', async () => { … })
 *   test('in Rome', async () => { … })
 * })
 */
export function useCassette(name: string, options: SuiteCassetteOptions = {}): SuiteCassette {
  const suite = new NodeTestSuite(name, options, suites.getStore())
  suites.enterWith(suite)
  enterDefinitions(() => suite.owner)
  // Hooks run in the order of their definition, and the user's may make requests: ours is defined last.
  const defineAfter = AsyncResource.bind(after)
  before(async (context) => {
    await suite.open(context)
    defineAfter((ended) => suite.close(ended))
  })
  return {
    get vcr() {
      const owner = currentOwner()
      if (owner !== undefined) return owner.vcr
      throw new UsageError(`the cassette '${name}' is only open in the tests and hooks of its suite`)
    },
  }
}

/** The innermost suite with a cassette around the test that is being defined. */
export function suiteHere(): NodeTestSuite | undefined {
  return suites.getStore()
}

/** The context that node:test passes to the hooks of a suite or a file. */
type HookContext = SuiteContext | TestContext

/** A suite or a file whose tests share a cassette. */
export class NodeTestSuite {
  readonly #name: string
  readonly #options: SuiteCassetteOptions
  readonly #outer: NodeTestSuite | undefined
  readonly #ended = Promise.withResolvers<void>()
  /** Tests that should run and have not started. */
  readonly #left = new Set<object>()
  #open:
    | { readonly shared: SharedCassette; readonly owner: RequestOwner; readonly played: Promise<CassetteRun> }
    | undefined

  constructor(name: string, options: SuiteCassetteOptions, outer: NodeTestSuite | undefined) {
    this.#name = name
    this.#options = options
    this.#outer = outer
  }

  /** The owner of the hooks' requests; undefined while the cassette is not open. */
  get owner(): RequestOwner | undefined {
    return this.#open?.owner
  }

  /** Registers a test that should run. */
  expect(test: object): void {
    this.#left.add(test)
  }

  async open(context: HookContext): Promise<void> {
    const choice = cassetteNamed(labelOf(context), this.#name, this.#options)
    const shared = await SharedCassette.open(choice, this.#outer?.owner)
    const started = Promise.withResolvers<RequestOwner>()
    const played = shared.runSuite(async (owner) => {
      started.resolve(owner)
      await this.#ended.promise
      // node:test does not tell hooks that another one failed; the suite's tests do not run then.
      return { failed: false, left: this.#left.size }
    })
    this.#open = { shared, owner: await started.promise, played }
  }

  async close(context: HookContext): Promise<void> {
    this.#ended.resolve()
    if (this.#open !== undefined) reportFindings(context, await this.#open.played, false)
  }

  /** Runs one of its tests. */
  async runTest(
    test: object,
    label: string,
    body: (owner: RequestOwner) => Promise<TestOutcome>,
  ): Promise<readonly Error[]> {
    if (this.#open === undefined) throw new UsageError(`${label}: the cassette of its suite is not open`)
    this.#left.delete(test)
    return this.#open.shared.runTest(test, label, body)
  }
}

function labelOf({ fullName, filePath }: HookContext): string {
  // node:test treats a file as a suite, and gives it this name.
  return fullName === '<root>' ? fileNameOf(filePath) : `suite '${fullName}' (${fileNameOf(filePath)})`
}
