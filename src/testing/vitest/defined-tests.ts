import path from 'node:path'
import type { RunnerTestCase, RunnerTestFile, RunnerTestSuite } from 'vitest'
import { FileNames } from '../names.ts'
import type { TestCassetteOptions } from '../test-options.ts'
import { rootOf } from './project.ts'

/** A test with a cassette of its own. */
export interface DefinedTest {
  readonly cassette: string
  readonly options: TestCassetteOptions
  /** Whether it was defined with `skip` or `todo`. */
  readonly skipped: boolean
}

const definitions = new WeakMap<RunnerTestCase, DefinedTest>()
const names = new WeakMap<RunnerTestFile, FileNames>()

export function define(test: RunnerTestCase, options: TestCassetteOptions): void {
  const cassette = options.name ?? namesOf(test.file).name(titlesOf(test))
  definitions.set(test, { cassette, options, skipped: test.mode !== 'run' && test.mode !== 'only' })
}

export function definitionOf(test: RunnerTestCase): DefinedTest | undefined {
  return definitions.get(test)
}

/** The folder of a file's cassettes. */
export function folderOf(file: RunnerTestFile): string {
  return namesOf(file).folder
}

function namesOf(file: RunnerTestFile): FileNames {
  const known = names.get(file) ?? new FileNames(rootOf(), file.filepath)
  names.set(file, known)
  return known
}

/** All tests in a suite, including those of nested suites. */
export function testsIn(suite: RunnerTestSuite): RunnerTestCase[] {
  return suite.tasks.flatMap((task) => (task.type === 'suite' ? testsIn(task) : [task]))
}

/** All suites nested in a suite. */
export function suitesIn(suite: RunnerTestSuite): RunnerTestSuite[] {
  return suite.tasks.flatMap((task) => (task.type === 'suite' ? [task, ...suitesIn(task)] : []))
}

/** A test's name in messages. */
export function labelOf(test: RunnerTestCase): string {
  return `test '${titlesOf(test).join(' > ')}' (${fileNameOf(test.file)})`
}

export function suiteLabelOf(suite: RunnerTestSuite): string {
  const titles = titlesOf(suite)
  return titles.length === 0 || 'filepath' in suite
    ? fileNameOf(suite.file)
    : `suite '${titles.join(' > ')}' (${fileNameOf(suite.file)})`
}

function fileNameOf(file: RunnerTestFile): string {
  return path.relative(process.cwd(), file.filepath).split(path.sep).join('/')
}

function titlesOf(task: RunnerTestCase | RunnerTestSuite): string[] {
  return [
    ...suitesAround(task)
      .filter((suite) => !('filepath' in suite))
      .toReversed(),
    task,
  ].map(({ name }) => name)
}

/** The suites around a test or suite, from the innermost to its file. */
export function suitesAround(task: RunnerTestCase | RunnerTestSuite): RunnerTestSuite[] {
  if ('filepath' in task) return []
  const outer = task.suite ?? task.file
  return [outer, ...suitesAround(outer)]
}
