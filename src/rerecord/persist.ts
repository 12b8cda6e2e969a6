import type { RecordedResponse } from '../cassette/cassette.ts'
import type { RerecordSupport } from '../api/dialect.ts'
import type { Clock } from '../engine/ports.ts'
import type { Attempt } from './attempt.ts'

/** How often a request is sent at most. */
const TRIES = 6

/** Nobody waits longer for one more try, in ms. */
const LONGEST = 5 * 60_000

/** What asking took, and what it led to. */
export interface Persistence {
  readonly again: RerecordSupport
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told before each wait. */
  readonly say: (message: string) => void
}

/**
 * Asks until there is an answer that stands: a recorded failure that comes back is one. Waits as the answer says,
 * else half a second and twice as long each time: no chance in it, so that runs are alike.
 * @param recorded the status that was recorded
 */
export async function persist(
  ask: () => Promise<Attempt>,
  recorded: number,
  { again, clock, signal, say }: Persistence,
): Promise<Attempt> {
  for (let tries = 1; ; tries++) {
    const made = await ask()
    const response = made.interaction?.response
    if (signal.aborted || made.isFinal || made.isIgnored || response?.status === recorded) return made
    if (response !== undefined && !again.isWorthRetrying(response)) return made
    const wait = (response && again.waitOf(response.headers)) ?? 500 * 2 ** (tries - 1)
    if (tries === TRIES || wait > LONGEST) return made
    say(`${whyOf(response, made)}; once more in ${inWords(wait)} (try ${tries + 1} of ${TRIES})`)
    made.drop()
    await clock.sleep(wait, signal)
    if (signal.aborted) return made
  }
}

function whyOf(response: RecordedResponse | undefined, { reason }: Attempt): string {
  return response === undefined ? reason : `it answers ${response.status}`
}

export function inWords(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`
}
