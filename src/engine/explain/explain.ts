import { advise } from '../../match/near-miss/advice.ts'
import type { RecordedRequest } from '../../cassette/cassette.ts'
import type { Dialect } from '../../api/dialect.ts'
import { splitTarget } from '../../http/message.ts'
import type { Identity } from '../../match/identity.ts'
import { MAX_DIFFERENCES, compareParts, type NearMiss, nearest } from '../../match/near-miss/near-miss.ts'
import type { Redactor } from '../../redact/redactor.ts'
import type { Catalog, Entry } from '../library/catalog.ts'
import { describeDifferences, describeInLine } from './describe.ts'
import { positionsOf } from '../library/coverage.ts'
import type { Whereabouts } from '../library/search-scope.ts'

export interface Unanswered extends Whereabouts {
  readonly asked: RecordedRequest
  readonly identity: Identity
  readonly catalog: Catalog
  readonly played: ReadonlySet<Entry>
  readonly dialect: Dialect
  readonly redactor: Pick<Redactor, 'text'>
  /** The command that would record the request. */
  readonly remedy: string
}

/** Why a request was not answered: what was nearest, where it differs, what to do. */
export async function explainMiss(unanswered: Unanswered): Promise<string> {
  const { asked, identity, catalog, played, where, absence, remedy, dialect } = unanswered
  const lines = [`No recorded request matches ${nameOf(asked, unanswered)} in ${where}.`]
  const candidates = {
    all: catalog.entries,
    partsOf: (entry: Entry) => entry.identity.parts,
    isPlayed: (entry: Entry) => played.has(entry),
  }
  const near = nearest(identity.parts, candidates, compareParts(dialect.shapes.secrets.placeholders))
  const [first] = near
  if (first === undefined)
    lines.push((await absence?.()) ?? 'That cassette is empty: nothing is recorded in it.')
  else lines.push(...explainNear(first, near.slice(1), unanswered))
  return [...lines, `To record it: ${remedy}`].join('\n')
}

function explainNear(
  first: NearMiss<Entry>,
  others: readonly NearMiss<Entry>[],
  unanswered: Unanswered,
): string[] {
  const { dialect } = unanswered
  const { differences, candidate } = first
  const comparable = others.filter((other) => isComparable(other, first))
  // Where counting stopped, what was not counted may be of another kind.
  const advice =
    differences.length === MAX_DIFFERENCES
      ? undefined
      : (dialect.advise(differences, candidate.interaction.response) ?? advise(differences))
  return [
    `The nearest is ${nearName(candidate, unanswered)}. It differs in:`,
    ...describeDifferences(first, unanswered.identity.parts),
    ...(advice === undefined ? [] : [advice]),
    ...(comparable.length === 0 ? [] : ['Near, too:']),
    ...comparable.map((other) => `  ${nearName(other.candidate, unanswered)}, in ${describeInLine(other)}`),
    ...listUnplayed(unanswered, new Set([first, ...comparable].map((each) => each.candidate))),
  ]
}

/** Others are worth a look where they are hardly farther than the nearest. */
function isComparable(other: NearMiss<Entry>, first: NearMiss<Entry>): boolean {
  return other.sameAddress && other.differences.length <= first.differences.length * 2 + 2
}

/**
 * Why a request was not answered that was answered before.
 * @param times how often the session asked for it, this time included
 */
export function explainExhausted(unanswered: Unanswered, recorded: readonly Entry[], times: number): string {
  const { asked, where, remedy } = unanswered
  return [
    `${nameOf(asked, unanswered)} was recorded ${often(recorded.length)} in ${where}, and this session has now asked for it ${often(times)}.`,
    `The last of them is ${numberOf(recorded.at(-1) as Entry, unanswered)}.`,
    ...listUnplayed(unanswered, new Set(recorded)),
    'If that is too often, look for a retry, a loop, or a request that should differ from the one before.',
    "If it is right: repeat: 'last' (--repeat last) gives the last answer again, repeat: 'cycle' starts over.",
    `To record one more answer: ${remedy}`,
  ].join('\n')
}

function often(times: number): string {
  return ['never', 'once', 'twice'][times] ?? `${times} times`
}

/** Recorded interactions that are listed as not played yet. */
const LISTED = 3

/** What the session has not played yet, but for those that were named already. */
function listUnplayed(unanswered: Unanswered, named: ReadonlySet<Entry>): string[] {
  const { catalog, played } = unanswered
  const unplayed = catalog.entries.filter((entry) => !played.has(entry))
  const unnamed = unplayed.filter((entry) => !named.has(entry))
  if (unnamed.length === 0) return []
  const more = unnamed.length - LISTED
  return [
    unnamed.length === unplayed.length
      ? `Not played yet (${unplayed.length} of ${catalog.entries.length}):`
      : `Also not played yet (${unplayed.length} of ${catalog.entries.length} in all):`,
    ...unnamed
      .slice(0, LISTED)
      .map((entry) => `  ${numberOf(entry, unanswered)}: ${nameOf(entry.interaction.request, unanswered)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

function nameOf(request: RecordedRequest, { dialect }: Unanswered): string {
  const gist = dialect.requests.gist(request)
  return `${addressOf(request)}${gist === '' ? '' : ` (${gist})`}`
}

/** A recorded interaction by what sets it apart from the request that was asked. */
function nearName(entry: Entry, unanswered: Unanswered): string {
  const { asked, played, dialect } = unanswered
  const { request, response } = entry.interaction
  const gist = dialect.requests.gist(request)
  const told = [
    ...(addressOf(request) === addressOf(asked) ? [] : [addressOf(request)]),
    ...(gist === '' || gist === dialect.requests.gist(asked) ? [] : [gist]),
    ...(response.status < 400 ? [] : [`status ${response.status}`]),
    ...(played.has(entry) ? ['already played'] : []),
  ]
  return `${numberOf(entry, unanswered)}${told.length === 0 ? '' : ` (${told.join(', ')})`}`
}

function numberOf(entry: Entry, { catalog, redactor }: Unanswered): string {
  const number = (positionsOf(catalog.entries).get(entry) as number) + 1
  return `interaction ${number} of '${redactor.text(entry.cassette)}'`
}

function addressOf({ method, path }: RecordedRequest): string {
  return `${method} ${splitTarget(path).path}`
}
