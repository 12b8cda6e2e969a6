import path from 'node:path'
import type { RunnerTestCase, RunnerTestFile, RunnerTestSuite } from 'vitest'
import type { CassetteReport } from '../report.ts'
import type { FileCassettes } from './unused-files.ts'
import type { Ran } from '../verdict.ts'
import { optionsFor, projectOptions } from './project.ts'
import { namesIn } from './shared.ts'
import { folderOf } from './tests.ts'

/**
 * Runs one attempt at a test, and says what came of it.
 * @param isToFail whether failing is what the test is for
 */
export async function attempt(
  test: RunnerTestCase,
  isToFail: boolean,
  run: () => Promise<void>,
): Promise<Ran> {
  // Those of earlier attempts stay.
  const before = test.result?.errors?.length ?? 0
  await run()
  const { result } = test
  if (result === undefined || result.state === 'skip') return { state: 'skipped', errors: [] }
  const hasFailed = result.state === 'fail'
  // An error that was expected tells nobody of a request that was not answered.
  const errors = isToFail ? [] : (result.errors ?? []).slice(before).map(({ message }) => message)
  return { state: hasFailed === isToFail ? 'passed' : 'failed', errors }
}

/** Puts down for the reporter what came of a cassette; there is none without the plugin. */
export function addReport(task: RunnerTestCase | RunnerTestSuite, report: CassetteReport): void {
  if (projectOptions() === undefined) return
  const { meta, file } = task
  // All its tests are defined by now.
  const of = file.meta.openaiVcr?.file ?? cassettesOf(file)
  meta.openaiVcr = { ...meta.openaiVcr, runs: [...(meta.openaiVcr?.runs ?? []), report] }
  file.meta.openaiVcr = { runs: [], ...file.meta.openaiVcr, file: of }
}

function cassettesOf(file: RunnerTestFile): FileCassettes {
  const directory = path.resolve(process.env['OPENAI_VCR_CASSETTES'] || (optionsFor({}).dir as string))
  return { directory, folder: folderOf(file), names: namesIn(file) }
}

export function throwAll(failures: readonly Error[]): void {
  const [first, ...others] = failures
  if (first === undefined) return
  // Vitest takes an AggregateError apart.
  throw others.length === 0 ? first : new AggregateError(failures)
}
