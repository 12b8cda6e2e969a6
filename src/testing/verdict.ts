import type { JournalEntry } from '../engine/journal.ts'
import type { Vcr } from '../vcr/vcr.ts'

/** What a runner says of a test that it ran. */
export interface Ran {
  readonly state: 'passed' | 'failed' | 'skipped'
  /** The messages of its errors. */
  readonly errors: readonly string[]
}

/** A test asked for something that its cassette could not answer. It has failed, whatever its code made of the error. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError'

  constructor(message: string) {
    super(message)
    // Where this is thrown tells nothing: the request was made elsewhere, and is named in the message.
    this.stack = `${this.name}: ${message}`
  }
}

/** A test asked for something that could not be recorded: it passed, and its replay would not. */
export class UnrecordedError extends Error {
  override readonly name = 'UnrecordedError'

  constructor(message: string) {
    super(message)
    this.stack = `${this.name}: ${message}`
  }
}

/** Explanations in one failure. */
const SHOWN = 3

/**
 * Why a test fails, or fails for another reason than its own.
 * @param complaints what no journal tells
 * @returns undefined when all requests were answered, or the test's own errors tell all of it
 */
export function failureOf(
  journal: readonly JournalEntry[],
  complaints: readonly string[],
  ran: Ran,
): UnansweredError | undefined {
  if (ran.state === 'skipped') return undefined
  const reasons = [...new Set([...complaints, ...unanswered(journal)])]
  const untold = reasons.filter((reason) => !ran.errors.some((error) => tells(error, reason)))
  if (untold.length === 0) return undefined
  const more = untold.length - SHOWN
  return new UnansweredError(
    [...untold.slice(0, SHOWN), ...(more > 0 ? [`And ${more} more were not answered.`] : [])].join('\n\n'),
  )
}

/** Some clients throw the answer's body as it is, in which the explanation is a JSON string. */
function tells(error: string, reason: string): boolean {
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
 * Why a test or a suite fails that passed: a replay of it would miss. Ends what is on its way.
 * @param isUndone of what an attempt did that was taken back
 */
export async function lossOf(
  vcr: Vcr,
  isUndone: (entry: JournalEntry) => boolean = () => false,
): Promise<UnrecordedError | undefined> {
  if (!(await vcr.lacks())) return undefined
  const lost = lostIn(vcr.journal.filter((entry) => !isUndone(entry)))
  const more = lost.length - SHOWN
  return new UnrecordedError(
    [
      'A replay would miss what could not be recorded:',
      ...lost.slice(0, SHOWN).map((each) => `  ${each}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
      'Record again. An exchange that broke off, or a stream that the test leaves early, is kept with the option keepTruncated.',
    ].join('\n'),
  )
}

/** Exchanges that were to be recorded and are not, and why. */
export function lostIn(journal: readonly JournalEntry[]): string[] {
  return journal
    .filter(({ outcome }) => outcome === 'dropped' || outcome === 'failed')
    .map(({ method, path, reason }) => `${method} ${path}: ${reason ?? ''}`)
}
