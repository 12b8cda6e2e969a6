import { type RunnerTestSuite, TestRunner } from 'vitest'
import { UsageError } from '../../messages/errors.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { current } from '../running.ts'
import { SharedCassette } from '../shared-cassette.ts'
import type { SuiteCassetteOptions } from '../test-options.ts'
import { ensureHooks, timed } from './hooks.ts'
import { optionsFor, projectOptions } from './project.ts'
import { addReport, throwAll } from './results.ts'
import { hasFailedTest, leftIn, othersWith, share, type Shared } from './shared.ts'
import { suiteLabelOf } from './tests.ts'

export interface SuiteCassette {
  /**
   * The open cassette: in a test that test's view of it, in a hook of the suite the hooks'.
   * @throws UsageError outside both
   */
  readonly vcr: Vcr
}

/**
 * One cassette for a suite: its tests, whether of vitest's `test` or of ours, and its hooks share one
 * session, in their order. Call it in a `describe`, or at the top of a file.
 * @param name of the cassette, in the cassette directory
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
      "useCassette('…') is called in a test: call it in a describe, or at the top of the file",
    )
  const collector = TestRunner.getCurrentSuite()
  const suite = collector.suite ?? collector.file
  const shared = share(suite, name)
  if (shared === undefined)
    throw new UsageError(
      `${suiteLabelOf(suite)}: useCassette('${name}') is the second in one suite; put one of them into a describe of its own`,
    )
  ensureHooks()
  collector.on(
    'aroundAll',
    timed((run) => runSuite(suite, shared, { name, options }, run)),
  )
  return {
    get vcr() {
      const runner = current()
      if (runner !== undefined) return runner.vcr
      throw new UsageError(
        `the cassette '${name}' is open in the tests and hooks of ${suiteLabelOf(suite)} only`,
      )
    },
  }
}

async function runSuite(
  suite: RunnerTestSuite,
  shared: Shared,
  { name, options }: { name: string; options: SuiteCassetteOptions },
  run: () => Promise<void>,
): Promise<void> {
  const casting = {
    label: suiteLabelOf(suite),
    cassette: name,
    named: true,
    options: optionsFor(options),
    others: () => othersWith(suite, name),
    priced: projectOptions() !== undefined,
    listed: projectOptions()?.report !== undefined,
  }
  const cassette = await SharedCassette.open(casting, current())
  shared.open = cassette
  const { report, failures } = await cassette.runSuite(async () => {
    await run()
    return { failed: hasFailedHook(suite) || hasFailedTest(suite, shared), left: leftIn(suite, shared) }
  })
  addReport(suite, report)
  throwAll(failures)
}

/** Tests put their errors down for themselves; what a suite has is of its hooks. */
function hasFailedHook(suite: RunnerTestSuite): boolean {
  const inside = suite.tasks.filter((task) => task.type === 'suite')
  return (suite.result?.errors?.length ?? 0) > 0 || inside.some(hasFailedHook)
}
