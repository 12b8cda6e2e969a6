import { type Json, jsonText } from '../json/json.ts'
import { showPair } from '../match/near-miss/show-pair.ts'
import { excerpt } from '../messages/excerpt.ts'
import { type CassetteDrift, type Change, hasStructuralChanges, type InteractionDrift } from '../api/drift.ts'

/** Characters of a value's JSON that are printed in full. */
const MAX_VALUE = 2000

/** What `diff --json` prints. Very long values are printed as text, cut around the place where they begin to differ. */
export function driftJson(drifts: readonly CassetteDrift[]): string {
  const cassettes = drifts.map(({ name, drift }) => ({
    name,
    ...drift,
    interactions: drift.interactions.map(interactionJson),
  }))
  const changed = drifts.some(({ drift }) => hasStructuralChanges(drift))
    ? 'kind'
    : drifts.some(({ drift }) => drift.interactions.length > 0)
      ? 'words'
      : 'nothing'
  return JSON.stringify({ changed, cassettes }, bigintAsText, 2)
}

/** In the published names: `kind` for structure, `words` for wording. */
function interactionJson({ structure, wording, ...rest }: InteractionDrift): object {
  return { ...rest, kind: structure.map(changeJson), words: wording.map(changeJson) }
}

function changeJson(change: Change): object {
  const { what } = change
  return {
    ...shortened(change),
    what: what === 'added' || what === 'removed' ? PUBLISHED[what] : what,
  }
}

/** The published values of `what` for these. */
const PUBLISHED = { added: 'came', removed: 'went' } as const

function shortened(change: Change): Change {
  const { before, after } = change
  if (sizeOf(before) <= MAX_VALUE && sizeOf(after) <= MAX_VALUE) return change
  if (before !== undefined && after !== undefined) {
    const { recorded, received } = showPair(before, after)
    return { ...change, before: recorded, after: received }
  }
  const shown = excerpt(jsonText((before ?? after) as Json), 0, MAX_VALUE)
  return { ...change, ...(before === undefined ? { after: shown } : { before: shown }) }
}

function sizeOf(value: Json | undefined): number {
  return value === undefined ? 0 : jsonText(value).length
}

/** Integers that are too large for a number are printed as text. */
function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
