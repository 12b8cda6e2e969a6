import type { RunnerTestCase, RunnerTestFile, RunnerTestSuite } from 'vitest'
import type { SharedCassette } from '../shared-cassette.ts'
import { definitionOf, labelOf, suiteLabelOf, suitesAround, suitesIn, testsIn } from './defined-tests.ts'

/** A cassette that a suite declares with `useCassette`. */
export interface DeclaredCassette {
  readonly name: string
  open?: SharedCassette
}

const suites = new WeakMap<RunnerTestSuite, DeclaredCassette>()

/** @returns undefined if the suite has one already */
export function declareCassette(suite: RunnerTestSuite, name: string): DeclaredCassette | undefined {
  if (suites.has(suite)) return undefined
  const shared: DeclaredCassette = { name }
  suites.set(suite, shared)
  return shared
}

/** The cassette of the innermost suite around a test; undefined without one, or if the test names its own. */
export function cassetteAround(test: RunnerTestCase): DeclaredCassette | undefined {
  if (definitionOf(test)?.options.name !== undefined) return undefined
  const around = suitesAround(test).find((suite) => suites.has(suite))
  return around === undefined ? undefined : suites.get(around)
}

/** Whether a test of this cassette failed. With `repeats`, one failure is enough. */
export function hasFailedTest(suite: RunnerTestSuite, shared: DeclaredCassette): boolean {
  return testsIn(suite).some((test) => test.result?.state === 'fail' && cassetteAround(test) === shared)
}

/** How many tests of this cassette did not run because of a filter or another test's `only`. */
export function notRunIn(suite: RunnerTestSuite, shared: DeclaredCassette): number {
  return testsIn(suite).filter((test) => {
    // A test that its own code skipped has attempts.
    const isLeft = test.mode === 'skip' && test.result?.attempts === undefined
    return isLeft && definitionOf(test)?.skipped !== true && cassetteAround(test) === shared
  }).length
}

/** Labels of the file's other tests and suites with the same cassette. */
export function othersUsing(task: RunnerTestCase | RunnerTestSuite, cassette: string): string[] {
  const sharing = [task.file, ...suitesIn(task.file)].filter((suite) => suites.get(suite)?.name === cassette)
  const alone = testsIn(task.file)
    .filter((test) => definitionOf(test)?.cassette === cassette)
    .filter((test) => cassetteAround(test) === undefined)
  return [
    ...sharing.filter((suite) => suite !== task).map(suiteLabelOf),
    ...alone.filter((test) => test !== task).map(labelOf),
  ]
}

/** The cassettes of a file's tests and suites, whether or not these ran. */
export function cassetteNamesIn(file: RunnerTestFile): string[] {
  const names = testsIn(file).flatMap((test) => {
    const shared = cassetteAround(test)
    return shared === undefined ? (definitionOf(test)?.cassette ?? []) : shared.name
  })
  return [...new Set(names)]
}
