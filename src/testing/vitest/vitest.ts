import { type RunnerTestCase, type TestAPI, type TestFunction, type TestOptions, TestRunner } from 'vitest'
import { UsageError } from '../../messages/errors.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { current } from '../running.ts'
import { ensureHooks } from './hooks.ts'
import { define, labelOf } from './tests.ts'

export type { SuiteCassetteOptions, TestCassetteOptions } from '../test-options.ts'
export type { CassetteMeta, ProjectOptions } from './meta.ts'
export { type SuiteCassette, useCassette } from './suites.ts'

/** What a test of ours has in its context, besides what vitest puts there. */
export interface CassetteContext {
  /** The test's cassette, open: its journal, its usage, its fetch. */
  readonly vcr: Vcr
}

/**
 * Vitest's `test`, with a cassette for each: named after its file and titles, answering what the test asks of
 * OpenAI by whichever client, and closed after it. The test fails when a request was not answered, whatever
 * its code made of that.
 * @example
 * test('tells the weather', async () => { expect(await weather('Paris')).toContain('Paris') })
 * test('asks twice', { cassette: { repeat: 'last' } }, async ({ vcr }) => { … vcr.journal … })
 */
export const test: TestAPI<CassetteContext> = TestRunner.createTaskCollector(
  defineTest,
).extend<CassetteContext>({ vcr: ({ task }, use) => use(vcrOf(task)) })

export { test as it }

// A file that only imports this may have hooks of its own: they run inside ours.
ensureHooks()

type Chained = Record<'concurrent' | 'fails' | 'only' | 'skip' | 'todo', boolean>

/**
 * @param this what was chained: `concurrent`, `skip` and so on, and the context values of `extend`
 * @param options or the test, as for vitest's own
 */
function defineTest(this: Chained, name: string, options?: TestOptions, body?: TestFunction): void {
  ensureHooks()
  const collector = TestRunner.getCurrentSuite()
  collector.test.fn.call(this, name, options, body)
  const task = collector.tasks.at(-1)
  if (task?.type !== 'test') throw new UsageError(`the test '${name}' could not be defined in this vitest`)
  const own = options?.cassette ?? {}
  // What is no object at all is told when the test is run.
  define(task, typeof own === 'object' ? { ...collector.options?.cassette, ...own } : own)
}

function vcrOf(task: RunnerTestCase): Vcr {
  const runner = current()
  if (runner !== undefined) return runner.vcr
  throw new UsageError(
    `${labelOf(task)}: 'vcr' is asked for before the test's cassette is open: import openai-vcr/vitest before aroundEach() is called`,
  )
}
