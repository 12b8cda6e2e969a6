import type { RerecordSupport } from '../api/dialect.ts'
import type { Interaction } from '../cassette/cassette.ts'
import { ConnectionError } from '../messages/errors.ts'
import { duration } from '../messages/figures.ts'
import type { HttpResponse, IncomingRequest } from '../http/message.ts'
import type { Clock } from '../engine/ports.ts'
import type { Arrivals } from '../engine/arrival.ts'
import type { Library } from '../engine/library/library.ts'
import { Scope } from '../engine/scope.ts'
import type { OpenSession } from '../vcr/open-session.ts'

/** The library that is recorded anew, and sessions over it. */
export interface RecordingTarget {
  readonly library: Library
  readonly arrivals: Arrivals
  openSession(): OpenSession
}

/** One try of one request. */
export interface Attempt {
  /** Undefined if nothing was recorded. */
  readonly interaction: Interaction | undefined
  /** Why nothing was recorded. */
  readonly reason: string
  /** Another try would not help. */
  readonly isFinal: boolean
  /** Telemetry, which is not sent at all. */
  readonly isIgnored: boolean
  /** Takes it out of the recording. */
  drop(): void
}

/** In ms. With a longer wait the request is given up. */
const MAX_RETRY_WAIT = 5 * 60_000

const MAX_TRIES = 6

export interface RetryContext {
  readonly support: Pick<RerecordSupport, 'isWorthRetrying' | 'waitOf'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called before each wait. */
  readonly say: (message: string) => void
}

/**
 * Tries until there is an answer to keep: also a failure, if the recorded answer was the same failure. Waits as the
 * answer demands, else half a second and twice as long each time, without jitter, so that runs are alike.
 * @param recorded status of the recorded answer
 */
export async function withRetries(
  send: () => Promise<Attempt>,
  recorded: number,
  { support, clock, signal, say }: RetryContext,
): Promise<Attempt> {
  for (let tries = 1; ; tries++) {
    const attempt = await send()
    const response = attempt.interaction?.response
    if (signal.aborted || attempt.isFinal || attempt.isIgnored || response?.status === recorded)
      return attempt
    if (response !== undefined && !support.isWorthRetrying(response)) return attempt
    const wait = (response && support.waitOf(response.headers)) ?? 500 * 2 ** (tries - 1)
    if (tries === MAX_TRIES || wait > MAX_RETRY_WAIT) return attempt
    const why = response === undefined ? attempt.reason : `status ${response.status}`
    say(`${why}; retrying in ${duration(wait)} (attempt ${tries + 1} of ${MAX_TRIES})`)
    attempt.drop()
    await clock.sleep(wait, signal)
    if (signal.aborted) return attempt
  }
}

/** Time to redact and record an answer once it was read, in ms: it is hardly ever needed. */
const GRACE = 10_000

/** Sends a request as any client of a recording would, and reads the answer to its end. */
export async function sendOnce(
  target: RecordingTarget,
  clock: Clock,
  request: IncomingRequest,
  signal: AbortSignal,
): Promise<Attempt> {
  const scope = new Scope()
  const session = target.openSession()
  const limit = limitOf(clock, signal)
  try {
    const { body } = await session.handle(request, {
      arrival: target.arrivals.next(),
      client: limit,
      scope,
    })
    await readToEnd(body, limit.signal)
  } catch (error) {
    // The journal says why there is no answer.
    if (!(error instanceof ConnectionError)) throw error
  } finally {
    limit.lift()
  }
  await session.settle(limit.signal.aborted ? 0 : GRACE)
  const [interaction] = target.library.recordedFor(scope)
  const entry = scope.journal.at(-1)
  return {
    interaction,
    reason: limit.isPassed() ? TOO_LONG : (entry?.reason ?? 'nothing was recorded'),
    isFinal: limit.isPassed(),
    isIgnored: entry?.outcome === 'ignored',
    drop: () => session.undo(scope),
  }
}

/** In ms, so that a connection that hangs does not stop the run for ever. */
const MAX_ANSWER_TIME = 30 * 60_000

const TOO_LONG = 'the response did not complete within 30 minutes'

/** Aborts with the run, and when an answer takes too long. */
function limitOf(
  clock: Clock,
  signal: AbortSignal,
): { signal: AbortSignal; isPassed: () => boolean; lift: () => void } {
  const [passed, lifted] = [new AbortController(), new AbortController()]
  const watch = async (): Promise<void> => {
    await clock.sleep(MAX_ANSWER_TIME, lifted.signal)
    if (!lifted.signal.aborted) passed.abort(new Error(TOO_LONG))
  }
  void watch()
  return {
    signal: AbortSignal.any([signal, passed.signal]),
    isPassed: () => passed.signal.aborted,
    lift: () => lifted.abort(),
  }
}

async function readToEnd(body: HttpResponse['body'], signal: AbortSignal): Promise<void> {
  if (!(Symbol.asyncIterator in body)) return
  const pieces = body[Symbol.asyncIterator]()
  const leave = (): void => void pieces.return?.()
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    for (let next = await pieces.next(); !next.done; next = await pieces.next());
  } catch {
    // It broke off: the recorder knows that as well, and the journal says so.
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
