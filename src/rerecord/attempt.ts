import type { Interaction } from '../cassette/cassette.ts'
import { ConnectionError } from '../messages/errors.ts'
import type { HttpResponse, IncomingRequest } from '../http/message.ts'
import { arrive } from '../engine/arrival.ts'
import type { Clock } from '../engine/ports.ts'
import type { Source } from '../vcr/library.ts'
import { Trail } from '../engine/scope.ts'

/** One request, asked once. */
export interface Attempt {
  /** What is recorded of it; undefined where nothing is. */
  readonly interaction: Interaction | undefined
  /** Why nothing is. */
  readonly reason: string
  /** Asking again would not help. */
  readonly isFinal: boolean
  /** Telemetry, which is sent nowhere. */
  readonly isIgnored: boolean
  /** Takes it out of the recording. */
  drop(): void
}

/** What is kept is redacted and written down after the answer was read: that takes no time to speak of, in ms. */
const GRACE = 10_000

/** Asks as any client of a recording would, and reads the answer to its end. */
export async function attempt(
  source: Source,
  clock: Clock,
  request: IncomingRequest,
  signal: AbortSignal,
): Promise<Attempt> {
  const trail = new Trail()
  const session = source.session('error')
  const limit = limitOf(clock, signal)
  try {
    const { body } = await session.handle(request, arrive(clock), limit.signal, trail)
    await readToEnd(body, limit.signal)
  } catch (error) {
    // The journal tells why there is none.
    if (!(error instanceof ConnectionError)) throw error
  } finally {
    limit.lift()
  }
  await session.settle(limit.signal.aborted ? 0 : GRACE)
  const [interaction] = source.recorded(trail)
  const entry = trail.journal.at(-1)
  return {
    interaction,
    reason: limit.isPassed() ? TOO_LONG : (entry?.reason ?? 'nothing of it was recorded'),
    isFinal: limit.isPassed(),
    isIgnored: entry?.outcome === 'ignored',
    drop: () => session.undo(trail),
  }
}

/** An answer takes no longer, in ms: a connection that hangs is to stop no run for ever. */
const LONGEST = 30 * 60_000

const TOO_LONG = 'it was not answered to its end within 30 minutes'

/** Aborts with the run, and after the time that an answer may take. */
function limitOf(
  clock: Clock,
  signal: AbortSignal,
): { signal: AbortSignal; isPassed: () => boolean; lift: () => void } {
  const [passed, lifted] = [new AbortController(), new AbortController()]
  const watch = async (): Promise<void> => {
    await clock.sleep(LONGEST, lifted.signal)
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
    // It broke off: the recorder heard that as well, and the journal tells it.
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
