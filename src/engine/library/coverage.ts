import type { UnusedInteraction } from '../../messages/errors.ts'
import type { Entry } from './catalog.ts'

/** Where in its file each of these stands, from 0. They are all that their cassettes hold, in order. */
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

/** What of these was not played, by its place. */
export function unusedOf(
  found: ReadonlySet<Entry>,
  played: { has(entry: Entry): boolean },
): UnusedInteraction[] {
  return [...positionsOf(found)].flatMap(([entry, position]) => {
    const { method, path } = entry.interaction.request
    return played.has(entry) ? [] : [{ cassette: entry.cassette, position, method, path }]
  })
}
