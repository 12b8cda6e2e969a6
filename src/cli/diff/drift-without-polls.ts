import type { Cassette } from '../../cassette/cassette.ts'
import type { Drift, Recorded } from '../../api/drift.ts'
import { driftOf } from '../../drift/drift.ts'
import { pollsIn } from '../../rerecord/polls.ts'
import { openai } from '../../openai/dialect.ts'
import { grammar } from '../../openai/drift/grammar.ts'

/** What changed, but for polls that found something unfinished: how many it takes is chance. */
export function settledDriftOf(before: Cassette, after: Cassette): Drift {
  const [old, now] = [settled(before), settled(after)]
  const drift = driftOf(old.cassette, now.cassette, grammar)
  return {
    ...drift,
    before: counted(drift.before, before),
    after: counted(drift.after, after),
    interactions: drift.interactions.map((each) => ({
      ...each,
      ...(each.before !== undefined && { before: old.places[each.before] as number }),
      ...(each.after !== undefined && { after: now.places[each.after] as number }),
    })),
  }
}

interface Settled {
  readonly cassette: Cassette
  /** Where its interactions stand in the file. */
  readonly places: readonly number[]
}

function settled(cassette: Cassette): Settled {
  const { interactions } = cassette
  const polls = pollsIn(interactions, openai.rerecord)
  const places = [...interactions.keys()].filter((n) => (polls.get(n) ?? n) === n)
  return {
    cassette: { ...cassette, interactions: interactions.filter((_, n) => places.includes(n)) },
    places,
  }
}

function counted(recorded: Recorded, { interactions }: Cassette): Recorded {
  return { ...recorded, interactions: interactions.length }
}
