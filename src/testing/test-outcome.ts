import type { JournalEntry } from '../engine/journal.ts'
import { RUNNER_ACCESS, type Vcr } from '../vcr/vcr.ts'

/** How a test ended, by its runner. */
export interface TestOutcome {
  readonly state: 'passed' | 'failed' | 'skipped'
  /** The messages of the test's errors. */
  readonly errors: readonly string[]
}

/** A test's cassette could not answer a request. The test fails even if its code handled the error. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError'

  constructor(message: string) {
    super(message)
    // The stack would point here, while the request was made elsewhere; the message names it.
    this.stack = `${this.name}: ${message}`
  }
}

/** A request could not be recorded: the test passed, but its replay would not. */
export class UnrecordedError extends Error {
  override readonly name = 'UnrecordedError'

  constructor(message: string) {
    super(message)
    this.stack = `${this.name}: ${message}`
  }
}

/** How many explanations one error shows. */
const REASONS_SHOWN = 3

/**
 * The error for a test's unanswered requests.
 * @param unattributed messages about requests that are in no journal
 * @returns undefined when all requests were answered, or the test's own errors contain every explanation
 */
export function unansweredError(
  journal: readonly JournalEntry[],
  unattributed: readonly string[],
  outcome: TestOutcome,
): UnansweredError | undefined {
  if (outcome.state === 'skipped') return undefined
  const reasons = [...new Set([...unattributed, ...unanswered(journal)])]
  const missing = reasons.filter((reason) => !outcome.errors.some((error) => contains(error, reason)))
  if (missing.length === 0) return undefined
  const more = missing.length - REASONS_SHOWN
  return new UnansweredError(
    [...missing.slice(0, REASONS_SHOWN), ...(more > 0 ? [`And ${more} more were not answered.`] : [])].join(
      '\n\n',
    ),
  )
}

/** Some clients put the response's body in their error, in which the explanation is a JSON string. */
function contains(error: string, reason: string): boolean {
  return error.includes(reason) || error.includes(JSON.stringify(reason).slice(1, -1))
}

export function isUnanswered({ outcome }: JournalEntry): boolean {
  return outcome === 'miss' || outcome === 'exhausted'
}

function unanswered(journal: readonly JournalEntry[]): string[] {
  return journal
    .filter(isUnanswered)
    .map(({ reason, method, path }) => reason ?? `${method} ${path} was not answered.`)
}

/**
 * The error for a test or suite that passed although its replay would miss. Ends requests in progress.
 * @param isUndone whether an entry is of an attempt that was undone
 */
export async function unrecordedError(
  vcr: Vcr,
  isUndone: (entry: JournalEntry) => boolean = () => false,
): Promise<UnrecordedError | undefined> {
  if (!(await vcr[RUNNER_ACCESS].hasUnrecorded())) return undefined
  const lost = unrecordedIn(vcr.journal.filter((entry) => !isUndone(entry)))
  const more = lost.length - REASONS_SHOWN
  return new UnrecordedError(
    [
      'These requests were not recorded, so a replay would miss them:',
      ...lost.slice(0, REASONS_SHOWN).map((each) => `  ${each}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
      'Record again. To record responses that are cut off, or streams that the test leaves early, set the option keepTruncated.',
    ].join('\n'),
  )
}

/** Exchanges that should have been recorded and were not, and why. */
export function unrecordedIn(journal: readonly JournalEntry[]): string[] {
  return journal
    .filter(({ outcome }) => outcome === 'dropped' || outcome === 'failed')
    .map(({ method, path, reason }) => `${method} ${path}: ${reason ?? ''}`)
}
