import { ANSWERER } from '../engine/exchange/answerer.ts'
import { interceptBy } from '../adapters/intercept/layers.ts'
import { type CassetteChoice, closeChosen, hostsFor, openChosen } from './cassette-choice.ts'
import { type CassetteRun, reportOf } from './cassette-report.ts'
import { answererFor, type RequestOwner, runAsTest } from './request-owners.ts'
import { unansweredError, unrecordedError, type TestOutcome } from './test-outcome.ts'

/**
 * Runs one attempt at a test with a cassette of its own, which answers every client's requests in
 * the test's async context.
 * @param body runs the test and resolves to its outcome, failures included. If it throws, nothing is
 *   recorded and the error is passed on
 * @throws UsageError, CassetteError when the cassette cannot be opened; the test has not run then
 */
export async function runInOwnCassette(
  choice: CassetteChoice,
  body: (owner: RequestOwner) => Promise<TestOutcome>,
): Promise<CassetteRun> {
  const vcr = await openChosen(choice)
  const { label, options } = choice
  const owner: RequestOwner = {
    label,
    hosts: hostsFor(vcr, choice),
    vcr,
    answerer: vcr[ANSWERER],
    unattributed: [],
  }
  const interception = await interceptBy(answererFor)
  try {
    const outcome = await runAsTest(owner, () => body(owner)).catch(async (error: unknown) => {
      await vcr.close({ keep: false })
      throw error
    })
    const unanswered = unansweredError(vcr.journal, owner.unattributed, outcome)
    const unrecorded =
      outcome.state === 'passed' && unanswered === undefined ? await unrecordedError(vcr) : undefined
    const failure = unanswered ?? unrecorded
    const passed = outcome.state === 'passed' && failure === undefined
    const keep = passed || (options.keepFailed === true && outcome.state !== 'skipped')
    const { saved, failures } = await closeChosen(vcr, { passed, keep })
    return {
      report: await reportOf(vcr, choice, { passed, saved }),
      failures: [...(failure === undefined ? [] : [failure]), ...failures],
    }
  } finally {
    await interception.stop()
  }
}
