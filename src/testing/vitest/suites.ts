import { type RunnerTestSuite, TestRunner } from 'vitest'
import { UsageError } from '../../messages/errors.ts'

import { currentOwner } from '../request-owners.ts'
import { SharedCassette, type SuiteCassette } from '../shared-cassette.ts'
import type { SuiteCassetteOptions } from '../test-options.ts'
import { ensureHooks } from './hooks.ts'
import { withTimeout } from './internals.ts'
import { optionsFor, projectOptions } from './project.ts'
import { addReport, throwAll } from './results.ts'
import {
  hasFailedTest,
  notRunIn,
  othersUsing,
  declareCassette,
  type DeclaredCassette,
} from './suite-cassettes.ts'
import { suiteLabelOf } from './defined-tests.ts'

/**
 * One cassette for a suite: its hooks and tests share one session, in their order, whether they use vitest's
 * `test` or this module's. Call it in a `describe`, or at the top of a file.
 * @param name the cassette's name, in the cassette directory
 * @example
 * describe('weather', () => {
 *   useCassette('weather')
 *   test('in Paris', async () => { … })
 *   test('in Rome', async () => { … })
 * })
 */
export function useCassette(name: string, options: SuiteCassetteOptions = {}): SuiteCassette {
  if (TestRunner.getCurrentTest() !== undefined)
    throw new UsageError(
      "useCassette('…') was called inside a test: call it in a describe, or at the top of the file",
    )
  const collector = TestRunner.getCurrentSuite()
  const suite = collector.suite ?? collector.file
  const shared = declareCassette(suite, name)
  if (shared === undefined)
    throw new UsageError(
      `${suiteLabelOf(suite)}: useCassette('${name}') is the second one in this suite: move one of them into its own describe`,
    )
  ensureHooks()
  collector.on(
    'aroundAll',
    withTimeout((run) => runSuite(suite, shared, { name, options }, run)),
  )
  return {
    get vcr() {
      const owner = currentOwner()
      if (owner !== undefined) return owner.vcr
      throw new UsageError(
        `the cassette '${name}' is only open in the tests and hooks of ${suiteLabelOf(suite)}`,
      )
    },
  }
}

async function runSuite(
  suite: RunnerTestSuite,
  shared: DeclaredCassette,
  { name, options }: { name: string; options: SuiteCassetteOptions },
  run: () => Promise<void>,
): Promise<void> {
  const choice = {
    label: suiteLabelOf(suite),
    cassette: name,
    named: true,
    options: optionsFor(options),
    others: () => othersUsing(suite, name),
    priced: projectOptions() !== undefined,
    listed: projectOptions()?.report !== undefined,
  }
  const cassette = await SharedCassette.open(choice, currentOwner())
  shared.open = cassette
  const { report, failures } = await cassette.runSuite(async () => {
    await run()
    return { failed: hasFailedHook(suite) || hasFailedTest(suite, shared), left: notRunIn(suite, shared) }
  })
  addReport(suite, report)
  throwAll(failures)
}

/** A suite's own errors are those of its hooks; tests have theirs. */
function hasFailedHook(suite: RunnerTestSuite): boolean {
  const inside = suite.tasks.filter((task) => task.type === 'suite')
  return (suite.result?.errors?.length ?? 0) > 0 || inside.some(hasFailedHook)
}
