import type { SuiteContext, TestContext } from 'node:test'
import { explainUnused } from '../../messages/errors.ts'
import type { CassetteReport } from '../cassette-report.ts'

interface TestFindings {
  readonly failures: readonly Error[]
  readonly report?: CassetteReport
}

/**
 * Reports on the cassette of a test or a suite, in a hook after it.
 * @param isFailing whether the test has failed already: node:test then keeps that error and drops what a hook throws
 * @throws the first failure, unless the test has failed already
 */
export function reportFindings(
  context: SuiteContext | TestContext,
  { failures, report }: TestFindings,
  isFailing: boolean,
): void {
  const [thrown] = isFailing ? [] : failures
  for (const failure of failures) if (failure !== thrown) diagnose(context, failure.message)
  for (const message of report === undefined ? [] : messagesOf(report, failures.length === 0))
    diagnose(context, message)
  if (thrown !== undefined) throw thrown
}

function messagesOf(
  { mode, passed, saved, lost, unplayed }: CassetteReport,
  hasNoFailures: boolean,
): string[] {
  const messages = lost.map((each) => `not recorded: ${each}`)
  if (saved?.written === true) {
    const replaced = saved.removed > 0 ? `, replacing ${saved.removed}` : ''
    const count = `${saved.added} interaction${saved.added === 1 ? '' : 's'}`
    messages.unshift(`recorded ${count} in ${saved.file}${replaced}`)
  }
  const replays = mode !== 'record' && mode !== 'live'
  // A test that failed midway cannot have played everything.
  if (replays && passed && hasNoFailures && unplayed.length > 0) messages.push(explainUnused(unplayed))
  return messages
}

function diagnose(context: SuiteContext | TestContext, message: string): void {
  // Suites have no diagnostics on Node 22.
  if ('diagnostic' in context) context.diagnostic(message)
  else process.emitWarning(message, 'OpenaiVcrWarning')
}
