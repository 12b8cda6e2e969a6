import nodeTest, { type TestContext, type TestOptions } from 'node:test'
import { isPlainObject } from '../../json/input/object.ts'
import { UsageError } from '../../messages/errors.ts'
import { callFrom, callSite } from './call-site.ts'
import { labelOf } from './cassette-for.ts'
import { type CassetteTestFn, type TestDefinition, run } from './run.ts'
import { suiteHere } from './suite.ts'
import type { TestCassetteOptions } from '../test-options.ts'

export type { CassetteTestContext, CassetteTestFn } from './run.ts'
export type { SuiteCassetteOptions, TestCassetteOptions } from '../test-options.ts'
export type { SuiteCassette } from '../shared-cassette.ts'
export { useCassette } from './suite.ts'

export interface CassetteTestOptions extends Omit<TestOptions, 'expectFailure'> {
  /** How the test's cassette is opened, and when its recording is kept. */
  readonly cassette?: TestCassetteOptions
}

export interface DefineTest {
  (name: string, fn?: CassetteTestFn): Promise<void>
  (name: string, options: CassetteTestOptions, fn?: CassetteTestFn): Promise<void>
}

export interface CassetteTest extends DefineTest {
  readonly only: DefineTest
  readonly skip: DefineTest
  readonly todo: DefineTest
}

/**
 * node:test's `test`, with a cassette for each test: named after its file, its suites and itself. It answers
 * the test's requests to OpenAI, whichever client makes them, and is closed after the test. Subtests share it.
 * The test fails when a request was not answered, even if its code handled the error.
 * @example
 * test('tells the weather', async () => { assert.match(await weather('Paris'), /Paris/) })
 * test('asks twice', { cassette: { repeat: 'last' } }, async ({ vcr }) => { … vcr.journal … })
 */
export const test: CassetteTest = Object.assign(defining(nodeTest), {
  only: defining(nodeTest.only),
  skip: defining(nodeTest.skip, { isLeftOut: true }),
  todo: defining(nodeTest.todo),
})

/**
 * An alias of `test`.
 * @alias
 */
export const it: CassetteTest = test

type Declare = (name: string, options: TestOptions, fn?: (t: TestContext) => Promise<void>) => Promise<void>

function defining(declare: Declare, { isLeftOut = false } = {}): DefineTest {
  return (
    name: string,
    optionsOrFn?: CassetteTestOptions | CassetteTestFn,
    last?: CassetteTestFn,
  ): Promise<void> => {
    const site = callSite()
    const [given, fn] = typeof optionsOrFn === 'function' ? [{}, optionsOrFn] : [optionsOrFn ?? {}, last]
    const { cassette = {}, expectFailure = false, ...options }: CassetteTestOptions & TestOptions = given
    if (typeof fn !== 'function') return callFrom(site, declare, name, options)
    if (expectFailure !== false) return callFrom(site, declare, name, options, refuseExpectedFailure)
    // A value that is no object is refused when the test runs.
    const isOptions = isPlainObject(cassette as unknown)
    const suite = isOptions && cassette.name === undefined ? suiteHere() : undefined
    const definition: TestDefinition = { cassette, suite, fn }
    if (!isLeftOut && !(options.skip ?? false)) suite?.expect(definition)
    return callFrom(site, declare, name, options, (t) => run(t, definition))
  }
}

/** With `expectFailure`, an unanswered request would count as the expected failure. */
async function refuseExpectedFailure(t: TestContext): Promise<void> {
  throw new UsageError(
    `${labelOf(t)}: the option 'expectFailure' does not work with a cassette: use assert.rejects() in the test`,
  )
}
