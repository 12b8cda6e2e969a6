import { type Json, jsonText } from '../json/json.ts'
import { showPair } from '../match/near-miss/show-pair.ts'
import { type Change, changedInKind, type InteractionDrift } from '../api/drift.ts'
import type { Named } from './headings.ts'
import { excerpt } from '../messages/excerpt.ts'

/** Characters of a value's JSON that are printed in full. */
const MOST = 2000

/** What changed in some cassettes, for programs. Values that are very long are texts, cut where they begin to differ. */
export function driftJson(drifts: readonly Named[]): string {
  const cassettes = drifts.map(({ name, drift }) => ({
    name,
    ...drift,
    interactions: drift.interactions.map(withShortValues),
  }))
  const changed = drifts.some(({ drift }) => changedInKind(drift))
    ? 'kind'
    : drifts.some(({ drift }) => drift.interactions.length > 0)
      ? 'words'
      : 'nothing'
  return JSON.stringify({ changed, cassettes }, written, 2)
}

function withShortValues(drift: InteractionDrift): InteractionDrift {
  return { ...drift, kind: drift.kind.map(shortened), words: drift.words.map(shortened) }
}

function shortened(change: Change): Change {
  const { before, after } = change
  if (sizeOf(before) <= MOST && sizeOf(after) <= MOST) return change
  if (before !== undefined && after !== undefined) {
    const { recorded, received } = showPair(before, after)
    return { ...change, before: recorded, after: received }
  }
  const shown = excerpt(jsonText((before ?? after) as Json), 0, MOST)
  return { ...change, ...(before === undefined ? { after: shown } : { before: shown }) }
}

function sizeOf(value: Json | undefined): number {
  return value === undefined ? 0 : jsonText(value).length
}

/** Integers that are too large for a number are written as a text. */
function written(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
