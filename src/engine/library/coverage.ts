import type { Interaction } from '../../cassette/cassette.ts'
import { hashOfInteraction } from '../../cassette/notation/text.ts'
import type { PlayedCassette } from '../../cassette/replay-report.ts'
import type { UnusedInteraction } from '../../messages/errors.ts'
import type { Store } from '../ports.ts'
import type { Entry } from './catalog.ts'
import type { Library } from './library.ts'
import { readCassette } from './read-cassette.ts'

/** 0-based position of each entry in its file. Pass all entries of a cassette, in file order. */
export function positionsOf(entries: Iterable<Entry>): ReadonlyMap<Entry, number> {
  const counts = new Map<string, number>()
  const positions = new Map<Entry, number>()
  for (const entry of entries) {
    const position = counts.get(entry.cassette) ?? 0
    counts.set(entry.cassette, position + 1)
    positions.set(entry, position)
  }
  return positions
}

/** The unplayed entries, with their positions. */
export function unusedOf(
  found: ReadonlySet<Entry>,
  played: { has(entry: Entry): boolean },
): UnusedInteraction[] {
  return [...positionsOf(found)].flatMap(([entry, position]) => {
    const { method, path } = entry.interaction.request
    return played.has(entry) ? [] : [{ cassette: entry.cassette, position, method, path }]
  })
}

/** How often each interaction of these cassettes was played. Interactions that the run recorded count as played. */
export async function playedIn(
  store: Store,
  libraries: readonly Library[],
  played: ReadonlyMap<Entry, number>,
): Promise<PlayedCassette[]> {
  const all: PlayedCassette[] = []
  const names = new Set(libraries.flatMap(({ cassettes }) => cassettes))
  for (const name of [...names].toSorted()) {
    const holding = libraries.filter(
      (library) => library.cassettes.includes(name) && (library.replays || library.records),
    )
    const before = holding.map(({ heldAtOpening }) =>
      [...heldAtOpening].filter(({ cassette }) => cassette === name),
    )
    const entries = before[0]
    if (entries === undefined) continue
    const records = holding.some((library) => library.records)
    const now = records ? ((await readCassette(store, name)).cassette?.interactions ?? []) : undefined
    const timesOf = (position: number): number =>
      before.reduce((times, each) => times + (played.get(each[position] as Entry) ?? 0), 0)
    all.push({ cassette: name, interactions: compare(entries, now, timesOf) })
  }
  return all
}

/** The current file, where it still begins with what was opened. Otherwise what was opened. */
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
