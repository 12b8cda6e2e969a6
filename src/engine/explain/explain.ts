import { advise } from '../../match/near-miss/advice.ts'
import type { RecordedRequest } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { compareParts, MAX_DIFFERENCES, type NearMiss, nearest } from '../../match/near-miss/near-miss.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Entry } from '../library/catalog.ts'
import { describeDifferences, describeInLine } from './describe.ts'
import { positionsOf } from '../library/coverage.ts'

/** An exchange without a recorded answer. */
export interface Miss {
  readonly x: Pick<Exchange, 'recorded' | 'identity'>
  readonly context: SessionContext
  /** What the session has answered so far. */
  readonly played: ReadonlyMap<Entry, number>
}

/** Explains a miss: the nearest recording, where it differs, and what to do. */
export async function explainMiss(miss: Miss): Promise<string> {
  const { x, context, played } = miss
  const { catalog, searchScope } = context.library
  const lines = [`No recorded request matches ${nameOf(x.recorded, miss)} in ${searchScope.label}.`]
  const candidates = {
    all: catalog.entries,
    partsOf: (entry: Entry) => entry.identity.parts,
    isPlayed: (entry: Entry) => played.has(entry),
  }
  const { placeholders } = context.dependencies.dialect.shapes.secrets
  const near = nearest(x.identity.parts, candidates, compareParts(placeholders))
  const [first] = near
  if (first === undefined) lines.push((await searchScope.whyMissing?.()) ?? 'This cassette is empty.')
  else lines.push(...explainNear(first, near.slice(1), miss))
  return [...lines, `To record it: ${searchScope.recordCommand}`].join('\n')
}

function explainNear(first: NearMiss<Entry>, others: readonly NearMiss<Entry>[], miss: Miss): string[] {
  const { dialect } = miss.context.dependencies
  const { differences, candidate } = first
  const comparable = others.filter((other) => isComparable(other, first))
  // Differences beyond the count may be of another kind.
  const advice =
    differences.length === MAX_DIFFERENCES
      ? undefined
      : (dialect.advise(differences, candidate.interaction.response) ?? advise(differences))
  return [
    `The nearest is ${nearName(candidate, miss)}. It differs in:`,
    ...describeDifferences(first, miss.x.identity.parts),
    ...(advice === undefined ? [] : [advice]),
    ...(comparable.length === 0 ? [] : ['Also near:']),
    ...comparable.map((other) => `  ${nearName(other.candidate, miss)}, in ${describeInLine(other)}`),
    ...listUnplayed(miss, new Set([first, ...comparable].map((each) => each.candidate))),
  ]
}

/** Other recordings are mentioned where they are almost as near as the nearest. */
function isComparable(other: NearMiss<Entry>, first: NearMiss<Entry>): boolean {
  return other.sameAddress && other.differences.length <= first.differences.length * 2 + 2
}

/**
 * Explains a miss of a request that was answered before.
 * @param times how often the session sent the request, this time included
 */
export function explainExhausted(miss: Miss, recorded: readonly Entry[], times: number): string {
  const { searchScope } = miss.context.library
  return [
    `${nameOf(miss.x.recorded, miss)} was recorded ${often(recorded.length)} in ${searchScope.label}, but this session has now requested it ${often(times)}.`,
    `The last recording is ${numberOf(recorded.at(-1) as Entry, miss)}.`,
    ...listUnplayed(miss, new Set(recorded)),
    'If it should not be requested again, look for a retry, a loop, or a request that should have changed.',
    "If it should: repeat: 'last' (--repeat last) answers with the last recording again, and repeat: 'cycle' starts over with the first.",
    `To record one more response: ${searchScope.recordCommand}`,
  ].join('\n')
}

function often(times: number): string {
  return ['never', 'once', 'twice'][times] ?? `${times} times`
}

/** How many unplayed interactions a message lists. */
const UNPLAYED_SHOWN = 3

/** The interactions that the session has not played yet, except those that the message names already. */
function listUnplayed(miss: Miss, named: ReadonlySet<Entry>): string[] {
  const { played, context } = miss
  const { catalog } = context.library
  const unplayed = catalog.entries.filter((entry) => !played.has(entry))
  const unnamed = unplayed.filter((entry) => !named.has(entry))
  if (unnamed.length === 0) return []
  const more = unnamed.length - UNPLAYED_SHOWN
  return [
    unnamed.length === unplayed.length
      ? `Not played yet (${unplayed.length} of ${catalog.entries.length}):`
      : `Also not played yet (${unplayed.length} of ${catalog.entries.length} in all):`,
    ...unnamed
      .slice(0, UNPLAYED_SHOWN)
      .map((entry) => `  ${numberOf(entry, miss)}: ${nameOf(entry.interaction.request, miss)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

function nameOf(request: RecordedRequest, { context }: Miss): string {
  const gist = context.dependencies.dialect.requests.gist(request)
  return `${addressOf(request)}${gist === '' ? '' : ` (${gist})`}`
}

/** Names a recorded interaction by its differences from the request. */
function nearName(entry: Entry, miss: Miss): string {
  const { x, played, context } = miss
  const { dialect } = context.dependencies
  const { request, response } = entry.interaction
  const gist = dialect.requests.gist(request)
  const notes = [
    ...(addressOf(request) === addressOf(x.recorded) ? [] : [addressOf(request)]),
    ...(gist === '' || gist === dialect.requests.gist(x.recorded) ? [] : [gist]),
    ...(response.status < 400 ? [] : [`status ${response.status}`]),
    ...(played.has(entry) ? ['already played'] : []),
  ]
  return `${numberOf(entry, miss)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`
}

function numberOf(entry: Entry, { context }: Miss): string {
  const { catalog, redactor } = context.library
  const number = (positionsOf(catalog.entries).get(entry) as number) + 1
  return `interaction ${number} of '${redactor.text(entry.cassette)}'`
}

function addressOf({ method, path }: RecordedRequest): string {
  return `${method} ${splitTarget(path).path}`
}
