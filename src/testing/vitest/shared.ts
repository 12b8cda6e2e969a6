import type { RunnerTestCase, RunnerTestFile, RunnerTestSuite } from 'vitest'
import type { SharedCassette } from '../shared-cassette.ts'
import { definitionOf, labelOf, suiteLabelOf, suitesAround, suitesIn, testsIn } from './tests.ts'

/** A suite's cassette, once it is open. */
export interface Shared {
  readonly name: string
  open?: SharedCassette
}

const suites = new WeakMap<RunnerTestSuite, Shared>()

/** @returns undefined when the suite has one already */
export function share(suite: RunnerTestSuite, name: string): Shared | undefined {
  if (suites.has(suite)) return undefined
  const shared: Shared = { name }
  suites.set(suite, shared)
  return shared
}

/** The innermost cassette of a suite around a test; undefined when the test has its own by name, or there is none. */
export function sharedAround(test: RunnerTestCase): Shared | undefined {
  if (definitionOf(test)?.options.name !== undefined) return undefined
  const around = suitesAround(test).find((suite) => suites.has(suite))
  return around === undefined ? undefined : suites.get(around)
}

/** Of repeats one failure is enough. */
export function hasFailedTest(suite: RunnerTestSuite, shared: Shared): boolean {
  return testsIn(suite).some((test) => test.result?.state === 'fail' && sharedAround(test) === shared)
}

/** How many tests that would use the cassette were left out of this run, by a filter or by another's `only`. */
export function leftIn(suite: RunnerTestSuite, shared: Shared): number {
  return testsIn(suite).filter((test) => {
    // One that was skipped by its own code has begun to run.
    const isLeft = test.mode === 'skip' && test.result?.attempts === undefined
    return isLeft && definitionOf(test)?.skipped !== true && sharedAround(test) === shared
  }).length
}

/** The other tests and suites of the file that have the same cassette, by their name. */
export function othersWith(task: RunnerTestCase | RunnerTestSuite, cassette: string): string[] {
  const sharing = [task.file, ...suitesIn(task.file)].filter((suite) => suites.get(suite)?.name === cassette)
  const alone = testsIn(task.file)
    .filter((test) => definitionOf(test)?.cassette === cassette)
    .filter((test) => sharedAround(test) === undefined)
  return [
    ...sharing.filter((suite) => suite !== task).map(suiteLabelOf),
    ...alone.filter((test) => test !== task).map(labelOf),
  ]
}

/** The cassettes of a file's tests and suites, whether or not these have run. */
export function namesIn(file: RunnerTestFile): string[] {
  const names = testsIn(file).flatMap((test) => {
    const shared = sharedAround(test)
    return shared === undefined ? (definitionOf(test)?.cassette ?? []) : shared.name
  })
  return [...new Set(names)]
}
