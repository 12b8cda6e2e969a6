import path from 'node:path'
import type { RunnerTestCase, RunnerTestFile, RunnerTestSuite } from 'vitest'
import type { CassetteReport } from '../cassette-report.ts'
import type { FileCassettes } from './meta.ts'
import type { TestOutcome } from '../test-outcome.ts'
import { optionsFor, projectOptions } from './project.ts'
import { cassetteNamesIn } from './suite-cassettes.ts'
import { folderOf } from './defined-tests.ts'

/**
 * Runs one attempt at a test.
 * @param isToFail whether the test is defined with `fails`
 */
export async function attempt(
  test: RunnerTestCase,
  isToFail: boolean,
  run: () => Promise<void>,
): Promise<TestOutcome> {
  // Errors of earlier attempts stay in the list.
  const before = test.result?.errors?.length ?? 0
  await run()
  const { result } = test
  if (result === undefined || result.state === 'skip') return { state: 'skipped', errors: [] }
  const hasFailed = result.state === 'fail'
  // Vitest does not show an expected error, so that it cannot explain an unanswered request.
  const errors = isToFail ? [] : (result.errors ?? []).slice(before).map(({ message }) => message)
  return { state: hasFailed === isToFail ? 'passed' : 'failed', errors }
}

/** Adds a report for the reporter, if there is one: the plugin installs it. */
export function addReport(task: RunnerTestCase | RunnerTestSuite, report: CassetteReport): void {
  if (projectOptions() === undefined) return
  const { meta, file } = task
  // By now, all tests of the file are defined.
  const of = file.meta.openaiVcr?.file ?? cassettesOf(file)
  meta.openaiVcr = { ...meta.openaiVcr, runs: [...(meta.openaiVcr?.runs ?? []), report] }
  file.meta.openaiVcr = { runs: [], ...file.meta.openaiVcr, file: of }
}

function cassettesOf(file: RunnerTestFile): FileCassettes {
  const directory = path.resolve(process.env['OPENAI_VCR_CASSETTES'] || (optionsFor({}).dir as string))
  return { directory, folder: folderOf(file), names: cassetteNamesIn(file) }
}

export function throwAll(failures: readonly Error[]): void {
  const [first, ...others] = failures
  if (first === undefined) return
  // Vitest shows each error of an AggregateError by itself.
  throw others.length === 0 ? first : new AggregateError(failures)
}
