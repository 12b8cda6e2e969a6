import type { Interaction } from '../../core/cassette.ts'
import { ConnectionError } from '../../core/errors.ts'
import type { HttpResponse, IncomingRequest } from '../../core/http.ts'
import { arrive } from '../arrival.ts'
import type { Clock } from '../ports.ts'
import type { Source } from '../source.ts'
import { Trail } from '../trail.ts'

/** One request, asked once. */
export interface Attempt {
  /** What is recorded of it; undefined where nothing is. */
  readonly interaction: Interaction | undefined
  /** Why nothing is. */
  readonly reason: string
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
  try {
    const { body } = await session.handle(request, arrive(clock), signal, trail)
    await readToEnd(body, signal)
  } catch (error) {
    // The journal tells why there is none.
    if (!(error instanceof ConnectionError)) throw error
  }
  await session.settle(signal.aborted ? 0 : GRACE)
  const [interaction] = source.recorded(trail)
  const entry = trail.journal.at(-1)
  return {
    interaction,
    reason: entry?.reason ?? 'nothing of it was recorded',
    isIgnored: entry?.outcome === 'ignored',
    drop: () => session.undo(trail),
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
