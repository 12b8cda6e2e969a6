import type { Difference } from '../core/json-diff.ts'
import { MOST_DIFFERENCES, type NearMiss } from '../core/near-miss.ts'
import { showPair } from '../core/show-pair.ts'

/** Differences shown with their values, and places named in a line. */
const SHOWN = 10
const NAMED = 4

/** Where a near miss differs, each place with both values. */
export function describeDifferences({
  differences,
  sameAddress,
}: Pick<NearMiss<unknown>, 'differences' | 'sameAddress'>): string[] {
  if (differences.length === 0) return ['  nothing that can be shown']
  const body = differences.filter(({ path }) => path.startsWith('$'))
  // A request to somewhere else has another body by nature: a line is enough.
  const shown =
    sameAddress || body.length < 2
      ? differences.slice(0, SHOWN)
      : differences.filter((each) => !body.includes(each))
  const rest = differences.length - shown.length
  const lines = shown.flatMap(describe)
  if (rest === 0) return lines
  return shown.length < SHOWN && !sameAddress
    ? [...lines, `  and in its body: ${inLine(body)}`]
    : [...lines, `  and ${counted(rest, differences.length)} more`]
}

function describe({ path, recordedPath, recorded, received }: Difference): string[] {
  const shown = showPair(recorded, received)
  const moved = recordedPath === undefined ? '' : ` (recorded at ${recordedPath})`
  return [`  ${path}${moved}`, `    recorded: ${shown.recorded}`, `    received: ${shown.received}`]
}

/** The places where a near miss differs. */
export function describeInLine({ differences }: NearMiss<unknown>): string {
  return inLine(differences)
}

function inLine(differences: readonly Difference[]): string {
  const places = [...new Set(differences.map(({ path }) => path))]
  const more = places.length - NAMED
  return `${places.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${counted(more, places.length)} more` : ''}`
}

/** Where counting stopped there may be more. */
function counted(rest: number, all: number): string {
  return all < MOST_DIFFERENCES ? `${rest}` : `at least ${rest}`
}
