import type { Difference } from '../../match/near-miss/json-diff.ts'
import { isJsonObject } from '../../json/json.ts'
import type { Parts } from '../../match/identity.ts'
import { MAX_DIFFERENCES, type NearMiss } from '../../match/near-miss/near-miss.ts'
import { showPair } from '../../match/near-miss/show-pair.ts'

/** How many differences are shown with their values, and how many places are named in one line. */
const DIFFERENCES_SHOWN = 10
const PLACES_NAMED = 4

/** The differences between a near miss and the request, each with both values. */
export function describeDifferences(near: NearMiss<unknown>, request: Parts): string[] {
  const { differences, sameAddress } = near
  const elsewhere = differences.filter(({ path }) => !path.startsWith('$'))
  const inside = differences.length - elsewhere.length
  // A request to another path always has another body, so one line is enough.
  if (!sameAddress && inside > 1) {
    const body = differences.filter(({ path }) => path.startsWith('$'))
    return [...elsewhere.flatMap((each) => describe(each, request)), `  and in the body: ${inLine(body)}`]
  }
  const rest = differences.length - DIFFERENCES_SHOWN
  return [
    ...differences.slice(0, DIFFERENCES_SHOWN).flatMap((each) => describe(each, request)),
    ...(rest > 0 ? [`  and ${counted(rest, differences.length)} more`] : []),
  ]
}

function describe({ path, recordedPath, recorded, received }: Difference, request: Parts): string[] {
  const shown = showPair(recorded, received)
  const notes = [
    ...partName(path, request),
    ...(recordedPath === undefined ? [] : [`recorded at ${recordedPath}`]),
  ]
  return [
    `  ${path}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`,
    `    recorded: ${shown.recorded}`,
    `    received: ${shown.received}`,
  ]
}

/** The name of the form part that a path points to. */
function partName(path: string, { bodyKind, body }: Parts): string[] {
  const index = bodyKind === 'multipart' ? /^\$\.multipart\[(\d+)\]/.exec(path)?.[1] : undefined
  const parts = isJsonObject(body) && Array.isArray(body['multipart']) ? body['multipart'] : []
  const part = index === undefined ? undefined : parts[Number(index)]
  return isJsonObject(part) && typeof part['name'] === 'string' ? [`part '${part['name']}'`] : []
}

/** The paths where a near miss differs. */
export function describeInLine({ differences }: NearMiss<unknown>): string {
  return inLine(differences)
}

function inLine(differences: readonly Difference[]): string {
  const places = [...new Set(differences.map(({ path }) => path))]
  const more = places.length - PLACES_NAMED
  return `${places.slice(0, PLACES_NAMED).join(', ')}${more > 0 ? ` and ${counted(more, places.length)} more` : ''}`
}

/** The count stops at a limit, so there may be more. */
function counted(rest: number, all: number): string {
  return all < MAX_DIFFERENCES ? `${rest}` : `at least ${rest}`
}
