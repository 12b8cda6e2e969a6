import { type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest'
import { type Interception, interceptBy } from '../../adapters/intercept/intercept.ts'
import type { SharedCassette } from '../shared-cassette.ts'
import { runInOwnCassette } from '../own-cassette.ts'
import { answererOf, runAside } from '../running.ts'
import { refuseOptionsInSuite } from '../test-options.ts'
import { optionsFor, projectOptions } from './project.ts'
import { addReport, attempt, throwAll } from './results.ts'
import { othersWith, sharedAround } from './shared.ts'
import { type Definition, definitionOf, labelOf, suitesAround } from './tests.ts'

/** For opening a cassette, and for closing it: exchanges that are still on their way get ten seconds of it, in ms. */
const TIMEOUT = 60_000

type Run = () => Promise<void>

/** Suites whose tests run through us. */
const hooked = new WeakSet<RunnerTestSuite>()

/** Tests that are between `run` and its end: hooks may stand at more than one suite around them. */
const inside = new WeakSet<RunnerTestCase>()

/** Tests that are to fail, which vitest is not told of while they miss. */
const toFail = new WeakSet<RunnerTestCase>()

/**
 * Has the tests of the suite that is being defined run through us. Asked at every
 * definition: a module may be loaded once for many files, and a hook is one file's.
 */
export function ensureHooks(): void {
  const collector = TestRunner.getCurrentSuite()
  const suite = collector.suite ?? collector.file
  if ([suite, ...suitesAround(suite)].some((each) => hooked.has(each))) return
  hooked.add(suite)
  let held: Promise<Interception> | undefined
  // One interception for all of them: each start and stop waits for connections to close.
  const hold = async (): Promise<void> => {
    held ??= interceptBy(answererOf)
    await held
  }
  const release = async (): Promise<void> => {
    // That it could not start was told by the test that asked for it.
    const interception = await held?.catch(() => undefined)
    await interception?.stop()
  }
  collector.on(
    'aroundAll',
    timed((run) => run().finally(release)),
  )
  // Not through vitest's aroundEach(): that would make the test's own context values before we are there.
  collector.on(
    'aroundEach',
    timed((run, context) => aroundTest(run, context.task as RunnerTestCase, hold)),
  )
}

/** A hook with time enough to wait for what is being recorded. */
export function timed<T extends object>(hook: T): T {
  return Object.assign(hook, { [Symbol.for('VITEST_AROUND_TIMEOUT')]: TIMEOUT })
}

async function aroundTest(run: Run, test: RunnerTestCase, hold: Run): Promise<void> {
  if (inside.has(test)) return run()
  inside.add(test)
  try {
    const shared = sharedAround(test)
    const definition = definitionOf(test)
    if (shared?.open !== undefined) await runInShared(shared.open, test, definition, run)
    else if (definition !== undefined) await runInOwn(test, definition, run, hold)
    else await runAside(run)
  } finally {
    inside.delete(test)
  }
}

async function runInOwn(test: RunnerTestCase, definition: Definition, run: Run, hold: Run): Promise<void> {
  const casting = {
    label: labelOf(test),
    cassette: definition.cassette,
    named: definition.options.name !== undefined,
    options: optionsFor(definition.options),
    others: () => othersWith(test, definition.cassette),
    priced: projectOptions() !== undefined,
    listed: projectOptions()?.report !== undefined,
  }
  await failing(test, async (isToFail) => {
    await hold()
    const { report, failures } = await runInOwnCassette(casting, () => attempt(test, isToFail, run))
    addReport(test, report)
    throwAll(failures)
  })
}

async function runInShared(
  shared: SharedCassette,
  test: RunnerTestCase,
  definition: Definition | undefined,
  run: Run,
): Promise<void> {
  const label = labelOf(test)
  await failing(test, async (isToFail) => {
    refuseOptionsInSuite(label, definition?.options ?? {})
    throwAll(await shared.runTest(test, label, () => attempt(test, isToFail, run)))
  })
}

/** What we throw fails the test, also one that is to fail: for that it need not have failed by itself. */
async function failing(test: RunnerTestCase, body: (isToFail: boolean) => Promise<void>): Promise<void> {
  if (toFail.has(test)) test.fails = true
  const isToFail = test.fails === true
  try {
    await body(isToFail)
  } catch (error) {
    if (isToFail) {
      toFail.add(test)
      test.fails = false
    }
    throw error
  }
}
