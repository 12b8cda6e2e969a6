import type { Interaction } from '../../cassette/cassette.ts'
import { type PlayedCassette } from '../../cassette/replay-report.ts'
import type { Entry } from './catalog.ts'
import { readCassette } from './read-cassette.ts'
import type { Store } from '../ports.ts'
import type { Source } from '../../vcr/library.ts'
import { hashOfInteraction } from '../../cassette/notation/text.ts'

/** Which interactions of these sources' cassettes were played, and how often; what the run recorded itself counts as played. */
export async function playedIn(
  store: Store,
  sources: readonly Source[],
  played: ReadonlyMap<Entry, number>,
): Promise<PlayedCassette[]> {
  const told: PlayedCassette[] = []
  const names = new Set(sources.flatMap(({ cassettes }) => cassettes))
  for (const name of [...names].toSorted()) {
    const holding = sources.filter(
      (source) => source.cassettes.includes(name) && (source.replays || source.records),
    )
    const before = holding.map(({ found }) => [...found].filter(({ cassette }) => cassette === name))
    const entries = before[0]
    if (entries === undefined) continue
    const records = holding.some((source) => source.records)
    const now = records ? ((await readCassette(store, name)).cassette?.interactions ?? []) : undefined
    const timesOf = (position: number): number =>
      before.reduce((times, each) => times + (played.get(each[position] as Entry) ?? 0), 0)
    told.push({ cassette: name, interactions: compare(entries, now, timesOf) })
  }
  return told
}

/** The file as it now is. Where it is not what was opened with more behind, what was opened: a reader will notice. */
function compare(
  opened: readonly Entry[],
  now: readonly Interaction[] | undefined,
  timesOf: (position: number) => number,
): PlayedCassette['interactions'] {
  const before = opened.map(({ interaction }, position) => {
    const times = timesOf(position)
    return { position, sha256: hashOfInteraction(interaction), played: times > 0, times }
  })
  if (now === undefined) return before
  const after = now.map((interaction, position) => {
    const times = position < before.length ? timesOf(position) : 0
    const played = times > 0 || position >= before.length
    return { position, sha256: hashOfInteraction(interaction), played, times }
  })
  return before.every(({ sha256 }, i) => after[i]?.sha256 === sha256) ? after : before
}
