import type { Interaction } from '../core/cassette.ts'
import { hashOf, type PlayedCassette } from '../core/playback.ts'
import type { Entry } from './catalog.ts'
import { readCassette } from './catalogs.ts'
import type { Store } from './ports.ts'
import type { Source } from './source.ts'

/** Which interactions of these sources' cassettes were played; what the run recorded itself counts as played. */
export async function playedIn(
  store: Store,
  sources: readonly Source[],
  played: ReadonlySet<Entry>,
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
    const isPlayed = (position: number): boolean => before.some((each) => played.has(each[position] as Entry))
    told.push({ cassette: name, interactions: compare(entries, now, isPlayed) })
  }
  return told
}

/** The file as it now is. Where it is not what was opened with more behind, what was opened: a reader will notice. */
function compare(
  opened: readonly Entry[],
  now: readonly Interaction[] | undefined,
  isPlayed: (position: number) => boolean,
): PlayedCassette['interactions'] {
  const before = opened.map(({ interaction }, position) => ({
    position,
    sha256: hashOf(interaction),
    played: isPlayed(position),
  }))
  if (now === undefined) return before
  const after = now.map((interaction, position) => ({
    position,
    sha256: hashOf(interaction),
    played: position >= before.length || isPlayed(position),
  }))
  return before.every(({ sha256 }, i) => after[i]?.sha256 === sha256) ? after : before
}
