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

/** The library for the new recording, and sessions that use it. */
export interface RecordingTarget {
  readonly library: Library
  readonly arrivals: Arrivals
  openSession(): OpenSession
}

/** One attempt to send a request. */
export interface Attempt {
  /** Undefined if nothing was recorded. */
  readonly interaction: Interaction | undefined
  /** Why nothing was recorded. */
  readonly reason: string
  /** A retry would not help. */
  readonly isFinal: boolean
  /** The request is telemetry, which is never sent. */
  readonly isIgnored: boolean
  /** Removes the attempt from the recording. */
  drop(): void
}

/** In ms. A request that would have to wait longer is not retried. */
const MAX_RETRY_WAIT = 5 * 60_000

const MAX_ATTEMPTS = 6

export interface RetryContext {
  readonly support: Pick<RerecordSupport, 'isWorthRetrying' | 'waitOf'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called before each wait. */
  readonly say: (message: string) => void
}

/**
 * Retries until a response can be kept. An error response is kept if the recorded response has the same status. Waits as
 * long as the response demands, or half a second that doubles each time, without jitter so that runs are repeatable.
 * @param recorded the status of the recorded response
 */
export async function withRetries(
  send: () => Promise<Attempt>,
  recorded: number,
  { support, clock, signal, say }: RetryContext,
): Promise<Attempt> {
  for (let attempts = 1; ; attempts++) {
    const attempt = await send()
    const response = attempt.interaction?.response
    if (signal.aborted || attempt.isFinal || attempt.isIgnored || response?.status === recorded)
      return attempt
    if (response !== undefined && !support.isWorthRetrying(response)) return attempt
    const wait = (response && support.waitOf(response.headers)) ?? 500 * 2 ** (attempts - 1)
    if (attempts === MAX_ATTEMPTS || wait > MAX_RETRY_WAIT) return attempt
    const why = response === undefined ? attempt.reason : `status ${response.status}`
    say(`${why}; retrying in ${duration(wait)} (attempt ${attempts + 1} of ${MAX_ATTEMPTS})`)
    attempt.drop()
    await clock.sleep(wait, signal)
    if (signal.aborted) return attempt
  }
}

/** Maximum time to redact and record a response after it was read, in ms. It is rarely needed. */
const RECORDING_TIMEOUT = 10_000

/** Sends a request through a recording session, as any client would, and reads the complete response. */
export async function sendOnce(
  target: RecordingTarget,
  clock: Clock,
  request: IncomingRequest,
  signal: AbortSignal,
): Promise<Attempt> {
  const scope = new Scope()
  const session = target.openSession()
  const deadline = deadlineFor(clock, signal)
  try {
    const { body } = await session.handle(request, {
      arrival: target.arrivals.next(),
      client: deadline,
      scope,
    })
    await readToEnd(body, deadline.signal)
  } catch (error) {
    // The journal has the reason why there is no response.
    if (!(error instanceof ConnectionError)) throw error
  } finally {
    deadline.cancel()
  }
  await session.settle(deadline.signal.aborted ? 0 : RECORDING_TIMEOUT)
  const [interaction] = target.library.recordedFor(scope)
  const entry = scope.journal.at(-1)
  return {
    interaction,
    reason: deadline.hasPassed() ? TOO_LONG : (entry?.reason ?? 'nothing was recorded'),
    isFinal: deadline.hasPassed(),
    isIgnored: entry?.outcome === 'ignored',
    drop: () => session.undo(scope),
  }
}

/** In ms. Keeps a hanging connection from blocking the run. */
const MAX_ANSWER_TIME = 30 * 60_000

const TOO_LONG = 'the response did not complete within 30 minutes'

/** Aborts when the run is aborted, or when a response takes too long. */
function deadlineFor(
  clock: Clock,
  signal: AbortSignal,
): { signal: AbortSignal; hasPassed: () => boolean; cancel: () => void } {
  const [passed, cancelled] = [new AbortController(), new AbortController()]
  const watch = async (): Promise<void> => {
    await clock.sleep(MAX_ANSWER_TIME, cancelled.signal)
    if (!cancelled.signal.aborted) passed.abort(new Error(TOO_LONG))
  }
  void watch()
  return {
    signal: AbortSignal.any([signal, passed.signal]),
    hasPassed: () => passed.signal.aborted,
    cancel: () => cancelled.abort(),
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
    // The response was cut off. The recorder notices this too and adds it to the journal.
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
