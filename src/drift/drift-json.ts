import { type Json, jsonText } from '../json/json.ts'
import { showPair } from '../match/near-miss/show-pair.ts'
import { excerpt } from '../messages/excerpt.ts'
import { type CassetteDrift, type Change, hasStructuralChanges, type InteractionDrift } from '../api/drift.ts'

/** Longer values are cut, in characters of their JSON. */
const MAX_VALUE = 2000

/** The output of `diff --json`. Very long values become text that is cut around the first difference. */
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

/** Uses the published member names: `kind` for structure, `words` for wording. */
function interactionJson({ structure, wording, ...rest }: InteractionDrift): object {
  return { ...rest, kind: structure.map(changeJson), words: wording.map(changeJson) }
}

function changeJson(change: Change): object {
  const { what } = change
  return {
    ...shortened(change),
    what: what === 'added' || what === 'removed' ? PUBLISHED_WHAT[what] : what,
  }
}

const PUBLISHED_WHAT = { added: 'came', removed: 'went' } as const

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

/** JSON.stringify throws for a bigint. */
function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
