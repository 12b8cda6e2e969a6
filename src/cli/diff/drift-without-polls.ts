import type { Cassette } from '../../cassette/cassette.ts'
import type { Drift, RecordingInfo } from '../../api/drift.ts'
import { driftOf } from '../../drift/drift.ts'
import { pollsIn } from '../../rerecord/polling.ts'
import { openai } from '../../openai/dialect.ts'
import { driftRules } from '../../openai/drift/drift-rules.ts'

/** The drift, leaving out polls that found something unfinished: how many there are depends on time alone. */
export function driftWithoutPolls(before: Cassette, after: Cassette): Drift {
  const [old, now] = [withoutPolls(before), withoutPolls(after)]
  const drift = driftOf(old.cassette, now.cassette, driftRules)
  return {
    ...drift,
    before: withNumberOf(before, drift.before),
    after: withNumberOf(after, drift.after),
    interactions: drift.interactions.map((each) => ({
      ...each,
      ...(each.before !== undefined && { before: old.positions[each.before] as number }),
      ...(each.after !== undefined && { after: now.positions[each.after] as number }),
    })),
  }
}

interface WithoutPolls {
  readonly cassette: Cassette
  /** Position in the file of each interaction that is left, from 0. */
  readonly positions: readonly number[]
}

function withoutPolls(cassette: Cassette): WithoutPolls {
  const { interactions } = cassette
  const polls = pollsIn(interactions, openai.rerecord)
  const positions = [...interactions.keys()].filter((n) => (polls.get(n) ?? n) === n)
  return {
    cassette: { ...cassette, interactions: interactions.filter((_, n) => positions.includes(n)) },
    positions,
  }
}

function withNumberOf({ interactions }: Cassette, recorded: RecordingInfo): RecordingInfo {
  return { ...recorded, interactions: interactions.length }
}
