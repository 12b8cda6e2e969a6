import type { SuiteContext, TestContext } from 'node:test'
import { explainUnused } from '../../messages/errors.ts'
import type { CassetteReport } from '../report.ts'

interface Told {
  readonly failures: readonly Error[]
  readonly report?: CassetteReport
}

/**
 * Tells, in a hook that runs after a test or a suite, what became of its cassette.
 * @param isFailing whether it fails in any case: node:test keeps its own error then, and drops what a hook throws
 * @throws the first failure otherwise
 */
export function tell(
  context: SuiteContext | TestContext,
  { failures, report }: Told,
  isFailing: boolean,
): void {
  const [thrown] = isFailing ? [] : failures
  for (const failure of failures) if (failure !== thrown) say(context, failure.message)
  for (const message of report === undefined ? [] : newsOf(report, failures.length === 0))
    say(context, message)
  if (thrown !== undefined) throw thrown
}

function newsOf({ mode, passed, saved, lost, unplayed }: CassetteReport, isWhole: boolean): string[] {
  const news = lost.map((each) => `not recorded: ${each}`)
  if (saved?.written === true) {
    const replaced = saved.removed > 0 ? `, in place of ${saved.removed}` : ''
    const count = `${saved.added} interaction${saved.added === 1 ? '' : 's'}`
    news.unshift(`recorded ${count} in ${saved.file}${replaced}`)
  }
  const replays = mode !== 'record' && mode !== 'live'
  // What broke off has of course not asked for all.
  if (replays && passed && isWhole && unplayed.length > 0) news.push(explainUnused(unplayed))
  return news
}

function say(context: SuiteContext | TestContext, message: string): void {
  // Suites have no diagnostics on Node 22.
  if ('diagnostic' in context) context.diagnostic(message)
  else process.emitWarning(message, 'OpenaiVcrWarning')
}
