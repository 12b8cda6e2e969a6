import { type RunnerTestCase, type TestAPI, type TestFunction, type TestOptions, TestRunner } from 'vitest'
import { UsageError } from '../../messages/errors.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { currentOwner } from '../request-owners.ts'
import { ensureHooks } from './hooks.ts'
import { define, labelOf } from './defined-tests.ts'

export type { ProjectOptions, SuiteCassetteOptions, TestCassetteOptions } from '../test-options.ts'
export type { CassetteMeta } from './meta.ts'
export type { SuiteCassette } from '../shared-cassette.ts'
export { useCassette } from './suites.ts'

/** What this module's `test` adds to vitest's test context. */
export interface CassetteContext {
  /** The test's cassette, open: its journal, its usage, its fetch. */
  readonly vcr: Vcr
}

/**
 * Vitest's `test`, with a cassette for each test: named after its file and titles. It answers the test's
 * requests to OpenAI, whichever client makes them, and is closed after the test. The test fails when a request
 * was not answered, even if its code handled the error.
 * @example
 * test('tells the weather', async () => { expect(await weather('Paris')).toContain('Paris') })
 * test('asks twice', { cassette: { repeat: 'last' } }, async ({ vcr }) => { … vcr.journal … })
 */
export const test: TestAPI<CassetteContext> = TestRunner.createTaskCollector(
  defineTest,
).extend<CassetteContext>({ vcr: ({ task }, use) => use(vcrOf(task)) })

export { test as it }

// Called on import, so that our hooks run around those that the file defines before its first test.
ensureHooks()

type Chained = Record<'concurrent' | 'fails' | 'only' | 'skip' | 'todo', boolean>

/**
 * @param this what was chained (`concurrent`, `skip` and so on), and the fixtures of `extend`
 * @param options as with vitest's own `test`, the options or the function
 */
function defineTest(this: Chained, name: string, options?: TestOptions, body?: TestFunction): void {
  ensureHooks()
  const collector = TestRunner.getCurrentSuite()
  collector.test.fn.call(this, name, options, body)
  const task = collector.tasks.at(-1)
  if (task?.type !== 'test') throw new UsageError(`this version of vitest did not define the test '${name}'`)
  const own = options?.cassette ?? {}
  // A value that is no object is refused when the test runs.
  define(task, typeof own === 'object' ? { ...collector.options?.cassette, ...own } : own)
}

function vcrOf(task: RunnerTestCase): Vcr {
  const owner = currentOwner()
  if (owner !== undefined) return owner.vcr
  throw new UsageError(
    `${labelOf(task)}: 'vcr' was used before the test's cassette was open: import openai-vcr/vitest before you call aroundEach()`,
  )
}
