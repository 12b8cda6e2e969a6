import type { Interaction } from '../cassette/cassette.ts'
import type { RerecordSupport } from '../api/dialect.ts'

/** For each poll the place, among all interactions, of the answer at which its polling came to rest. */
export type Polls = ReadonlyMap<number, number>

/**
 * Which interactions ask after the same thing until it is done. What never rested in the recording was not waited for,
 * and is no poll here: it is asked as often as it was.
 */
export function pollsIn(
  interactions: readonly Interaction[],
  { progressOf }: Pick<RerecordSupport, 'progressOf'>,
): Polls {
  const polls = new Map<number, number>()
  const waiting = new Map<string, number[]>()
  for (const [n, { upstream, request, response }] of interactions.entries()) {
    const progress = request.method === 'GET' ? progressOf(response) : undefined
    if (progress === undefined) continue
    const key = JSON.stringify([upstream ?? null, request.path])
    const asked = [...(waiting.get(key) ?? []), n]
    waiting.set(key, progress === 'unfinished' ? asked : [])
    if (progress === 'at rest') for (const each of asked) polls.set(each, n)
  }
  return polls
}

/** The polls that need not be made once this one rests, as all of them ask for the same. */
export function pollsOf(rest: number, polls: Polls): readonly number[] {
  return [...polls].flatMap(([n, at]) => (at === rest ? [n] : []))
}
