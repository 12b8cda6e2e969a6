import { type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest'
import { type Interception, interceptBy } from '../../adapters/intercept/layers.ts'
import type { SharedCassette } from '../shared-cassette.ts'
import { runInOwnCassette } from '../own-cassette.ts'
import { answererFor, runWithoutCassette } from '../request-owners.ts'
import { refuseOptionsInSuite } from '../test-options.ts'
import { withTimeout } from './internals.ts'
import { optionsFor, projectOptions } from './project.ts'
import { addReport, attempt, throwAll } from './results.ts'
import { othersUsing, cassetteAround } from './suite-cassettes.ts'
import { type DefinedTest, definitionOf, labelOf, suitesAround } from './defined-tests.ts'

type Run = () => Promise<void>

/** Suites that have our hooks. */
const hooked = new WeakSet<RunnerTestSuite>()

/** Tests that are running: more than one suite around them may have our hooks. */
const running = new WeakSet<RunnerTestCase>()

/** Tests defined with `fails`, whose flag was removed because of a miss. */
const expectedToFail = new WeakSet<RunnerTestCase>()

/**
 * Adds our hooks to the suite that is being defined. Called for every definition, as this module may be
 * loaded once for many files while hooks belong to one file.
 */
export function ensureHooks(): void {
  const collector = TestRunner.getCurrentSuite()
  const suite = collector.suite ?? collector.file
  if ([suite, ...suitesAround(suite)].some((each) => hooked.has(each))) return
  hooked.add(suite)
  let held: Promise<Interception> | undefined
  // One interception for all tests: each start and stop waits for connections to close.
  const hold = async (): Promise<void> => {
    held ??= interceptBy(answererFor)
    await held
  }
  const release = async (): Promise<void> => {
    // If it could not start, the test that needed it has failed with the reason.
    const interception = await held?.catch(() => undefined)
    await interception?.stop()
  }
  collector.on(
    'aroundAll',
    withTimeout((run) => run().finally(release)),
  )
  // Not with vitest's aroundEach(), which would create the test's fixtures before our hook runs.
  collector.on(
    'aroundEach',
    withTimeout((run, context) => aroundTest(run, context.task as RunnerTestCase, hold)),
  )
}

async function aroundTest(run: Run, test: RunnerTestCase, hold: Run): Promise<void> {
  if (running.has(test)) return run()
  running.add(test)
  try {
    const shared = cassetteAround(test)
    const definition = definitionOf(test)
    if (shared?.open !== undefined) await runInShared(shared.open, test, definition, run)
    else if (definition !== undefined) await runInOwn(test, definition, run, hold)
    else await runWithoutCassette(run)
  } finally {
    running.delete(test)
  }
}

async function runInOwn(test: RunnerTestCase, definition: DefinedTest, run: Run, hold: Run): Promise<void> {
  const choice = {
    label: labelOf(test),
    cassette: definition.cassette,
    named: definition.options.name !== undefined,
    options: optionsFor(definition.options),
    others: () => othersUsing(test, definition.cassette),
    priced: projectOptions() !== undefined,
    listed: projectOptions()?.report !== undefined,
  }
  await withMissesFailing(test, async (isToFail) => {
    await hold()
    const { report, failures } = await runInOwnCassette(choice, () => attempt(test, isToFail, run))
    addReport(test, report)
    throwAll(failures)
  })
}

async function runInShared(
  shared: SharedCassette,
  test: RunnerTestCase,
  definition: DefinedTest | undefined,
  run: Run,
): Promise<void> {
  const label = labelOf(test)
  await withMissesFailing(test, async (isToFail) => {
    refuseOptionsInSuite(label, definition?.options ?? {})
    throwAll(await shared.runTest(test, label, () => attempt(test, isToFail, run)))
  })
}

/** An error of ours fails the test even if it is defined with `fails`: a miss must not count as the expected failure. */
async function withMissesFailing(
  test: RunnerTestCase,
  body: (isToFail: boolean) => Promise<void>,
): Promise<void> {
  if (expectedToFail.has(test)) test.fails = true
  const isToFail = test.fails === true
  try {
    await body(isToFail)
  } catch (error) {
    if (isToFail) {
      expectedToFail.add(test)
      test.fails = false
    }
    throw error
  }
}
