import type { JournalEntry } from '../engine/journal.ts'

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
  const untold = reasons.filter((reason) => !ran.errors.some((error) => error.includes(reason)))
  if (untold.length === 0) return undefined
  const more = untold.length - SHOWN
  return new UnansweredError(
    [...untold.slice(0, SHOWN), ...(more > 0 ? [`And ${more} more were not answered.`] : [])].join('\n\n'),
  )
}

export function isUnanswered({ outcome }: JournalEntry): boolean {
  return outcome === 'miss' || outcome === 'exhausted'
}

function unanswered(journal: readonly JournalEntry[]): string[] {
  return journal
    .filter(isUnanswered)
    .map(({ reason, method, path }) => reason ?? `${method} ${path} was not answered.`)
}
