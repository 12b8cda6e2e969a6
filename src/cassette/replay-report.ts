import { UsageError } from '../messages/errors.ts'
import { object } from '../json/input/object.ts'
import { InputPlace } from '../json/input/place.ts'
import { BOOLEAN, list, literal, optional, parsed, string, wholeNumber } from '../json/input/shape.ts'
import { isJsonObject, parseJson } from '../json/json.ts'

/** Lists the interactions that a run replayed. `replay --report` writes it; `prune` and `stats` read it. */
export interface ReplayReport {
  readonly version: typeof REPLAY_REPORT_VERSION
  /** Whether the run succeeded. A failed run may not have made all of its requests. */
  readonly complete: boolean
  readonly cassettes: readonly PlayedCassette[]
}

export const REPLAY_REPORT_VERSION = 1

export interface PlayedCassette {
  readonly cassette: string
  /** All interactions in the file, so that later changes to the file are detected. */
  readonly interactions: readonly PlayedInteraction[]
}

export interface PlayedInteraction {
  /** From 0, in the order of the file. */
  readonly position: number
  /** From `hashOfInteraction`. */
  readonly sha256: string
  /** Whether the run requested the interaction. True as well if the run recorded it. */
  readonly played: boolean
  /** The number of times the interaction was replayed. */
  readonly times: number
}

export type UnplayedFinding =
  /** The positions of interactions that no run played. */
  | { readonly kind: 'known'; readonly unplayed: readonly number[] }
  /** The file has changed since one of the runs. */
  | { readonly kind: 'changed' }
  /** No run opened the cassette. */
  | { readonly kind: 'unknown' }

/** @param hashes the hashes of the interactions that are in the cassette now */
export function unplayedIn(
  reports: readonly ReplayReport[],
  cassette: string,
  hashes: readonly string[],
): UnplayedFinding {
  const versions = reports.flatMap(({ cassettes }) => cassettes.filter((each) => each.cassette === cassette))
  if (versions.length === 0) return { kind: 'unknown' }
  const same = versions.every(
    ({ interactions }) =>
      interactions.length === hashes.length && interactions.every((each, i) => each.sha256 === hashes[i]),
  )
  if (!same) return { kind: 'changed' }
  const isPlayed = (position: number): boolean =>
    versions.some(({ interactions }) => interactions[position]?.played === true)
  return { kind: 'known', unplayed: [...hashes.keys()].filter((position) => !isPlayed(position)) }
}

/**
 * Counts how often the runs played each interaction.
 * @param hashes the hashes of the interactions that are in the cassette now
 * @returns the counts by position, undefined if no run used this version of the cassette; and the number of
 *   runs that used a different version
 */
export function timesPlayed(
  reports: readonly ReplayReport[],
  cassette: string,
  hashes: readonly string[],
): { readonly times: readonly number[] | undefined; readonly changed: number } {
  const versions = reports.flatMap(({ cassettes }) => cassettes.filter((each) => each.cassette === cassette))
  // Interactions that were added after a run are at the end.
  const same = versions.filter(({ interactions }) =>
    interactions.every((each, i) => each.sha256 === hashes[i]),
  )
  const times = hashes.map((_, i) =>
    same.reduce((sum, { interactions }) => sum + (interactions[i]?.times ?? 0), 0),
  )
  return { times: same.length === 0 ? undefined : times, changed: versions.length - same.length }
}

/** Merges the reports of several sessions in a run, with one entry for each version of a cassette. */
export function mergePlayed(all: readonly PlayedCassette[]): PlayedCassette[] {
  const merged: PlayedCassette[] = []
  // The longest version comes first: if a file grew, the earlier version is a prefix of the later one.
  for (const each of all.toSorted((a, b) => b.interactions.length - a.interactions.length)) {
    const at = merged.findIndex((known) => known.cassette === each.cassette && isPrefix(each, known))
    const known = merged[at]
    if (known === undefined) merged.push(each)
    else
      merged[at] = {
        ...known,
        interactions: known.interactions.map((own, i) => plus(own, each.interactions[i])),
      }
  }
  return merged.toSorted((a, b) => (a.cassette < b.cassette ? -1 : Number(a.cassette > b.cassette)))
}

function isPrefix(short: PlayedCassette, long: PlayedCassette): boolean {
  return short.interactions.every(({ sha256: hash }, i) => long.interactions[i]?.sha256 === hash)
}

function plus(own: PlayedInteraction, other: PlayedInteraction | undefined): PlayedInteraction {
  if (other === undefined) return own
  return { ...own, played: own.played || other.played, times: own.times + other.times }
}

export function printReplayReport(report: ReplayReport): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

const INTERACTION = parsed(
  object<Omit<PlayedInteraction, 'times'> & { readonly times?: number }>('an interaction', {
    position: wholeNumber({ from: 0 }, 3),
    sha256: string('a SHA-256'),
    played: BOOLEAN,
    times: optional(wholeNumber({ from: 0 }, 2)),
  }),
  // Older reports do not contain `times`.
  ({ times, ...rest }): PlayedInteraction => ({ ...rest, times: times ?? Number(rest.played) }),
)

const INTERACTIONS = parsed(list(INTERACTION, 'a list of interactions'), (interactions, place) => {
  const at = interactions.findIndex(({ position }, i) => position !== i)
  return at < 0
    ? interactions
    : place.at(at).at('position').expected(`${at}, as they are in order`, interactions[at]?.position)
})

const REPORT = parsed(
  object<Omit<ReplayReport, 'complete'> & { readonly complete?: boolean }>('a report', {
    version: literal(REPLAY_REPORT_VERSION),
    complete: optional(BOOLEAN),
    cassettes: list(
      object<PlayedCassette>('a cassette', { cassette: string('a name'), interactions: INTERACTIONS }),
      'a list of cassettes',
    ),
  }),
  (report): ReplayReport => ({ complete: false, ...report }),
)

/** @throws UsageError that names the file, and the first invalid field */
export function parseReplayReport(text: string, file: string): ReplayReport {
  const value = parseJson(text)
  if (!isJsonObject(value) || value['version'] === undefined || !Array.isArray(value['cassettes']))
    throw new UsageError(
      `${file} is not the report of a run; 'openai-vcr replay --report FILE -- CMD' writes one`,
    )
  if (value['version'] !== REPLAY_REPORT_VERSION)
    throw new UsageError(
      `${file} is a report of version ${JSON.stringify(value['version'])}, but this openai-vcr reads version ${REPLAY_REPORT_VERSION}`,
    )
  const fail = (_path: unknown, message: string): never => {
    throw new UsageError(`${file} is damaged; run again with --report to replace it: ${message}`)
  }
  return REPORT.read(value, new InputPlace({ noun: 'field', name: '', redact: (shown) => shown, fail }))
}
