import { interceptBy } from '../adapters/intercept/intercept.ts'
import { type Casting, close, hostsFor, open } from './opening.ts'
import { type CassetteReport, reportOf } from './report.ts'
import { answererOf, type Runner, runAsTest } from './running.ts'
import { failureOf, lossOf, type Ran } from './verdict.ts'

export interface Played {
  readonly report: CassetteReport
  /** Why the test fails, besides its own errors: throw them. */
  readonly failures: readonly Error[]
}

/**
 * Runs one test, or one attempt at it, with a cassette of its own: whatever client asks,
 * in the test's async context, is answered from it.
 * @param body runs the test and says what came of it, a failure included. What it throws is passed on, and nothing kept
 * @throws UsageError, CassetteError when the cassette cannot be opened; the test has not been run then
 */
export async function runInOwnCassette(
  casting: Casting,
  body: (runner: Runner) => Promise<Ran>,
): Promise<Played> {
  const vcr = await open(casting)
  const { label, options } = casting
  const runner: Runner = {
    label,
    hosts: hostsFor(vcr, casting),
    vcr,
    answerer: vcr,
    complaints: [],
  }
  const interception = await interceptBy(answererOf)
  try {
    const ran = await runAsTest(runner, () => body(runner)).catch(async (error: unknown) => {
      await vcr.close({ keep: false })
      throw error
    })
    const unanswered = failureOf(vcr.journal, runner.complaints, ran)
    const lost = ran.state === 'passed' && unanswered === undefined ? await lossOf(vcr) : undefined
    const failure = unanswered ?? lost
    const passed = ran.state === 'passed' && failure === undefined
    const keep = passed || (options.keepFailed === true && ran.state !== 'skipped')
    const { saved, failures } = await close(vcr, { passed, keep })
    return {
      report: await reportOf(vcr, casting, { passed, saved }),
      failures: [...(failure === undefined ? [] : [failure]), ...failures],
    }
  } finally {
    await interception.stop()
  }
}
