import { UsageError } from '../messages/errors.ts'
import { isJsonObject, type Json, parseJson } from '../json/json.ts'

/** Which interactions of some cassettes a run played. `replay --report` writes it; `prune` and `stats` read it. */
export interface ReplayReport {
  readonly version: typeof REPLAY_REPORT_VERSION
  /** Whether the run succeeded, and so made all the requests that it meant to. */
  readonly complete: boolean
  readonly cassettes: readonly PlayedCassette[]
}

export const REPLAY_REPORT_VERSION = 1

export interface PlayedCassette {
  readonly cassette: string
  /** All interactions of the file, so that a change of the file is noticed. */
  readonly interactions: readonly PlayedInteraction[]
}

export interface PlayedInteraction {
  /** From 0, in the order of the file. */
  readonly position: number
  /** From `hashOfInteraction`. */
  readonly sha256: string
  /** Whether the run requested it; what the run itself recorded counts as well. */
  readonly played: boolean
  /** How often it was replayed. */
  readonly times: number
}

export type UnplayedFinding =
  /** Positions that no run played. */
  | { readonly kind: 'known'; readonly unplayed: readonly number[] }
  /** The file has changed since a run. */
  | { readonly kind: 'changed' }
  /** No run opened it. */
  | { readonly kind: 'unknown' }

/** What the runs left unplayed of a cassette whose interactions have these hashes. */
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
 * How often the runs played each interaction of a cassette whose interactions have these hashes.
 * @returns the times by position, undefined where no run had this version of the cassette; and the number of runs that had another
 */
export function timesPlayed(
  reports: readonly ReplayReport[],
  cassette: string,
  hashes: readonly string[],
): { readonly times: readonly number[] | undefined; readonly changed: number } {
  const versions = reports.flatMap(({ cassettes }) => cassettes.filter((each) => each.cassette === cassette))
  // What was added since comes after the rest.
  const same = versions.filter(({ interactions }) =>
    interactions.every((each, i) => each.sha256 === hashes[i]),
  )
  const times = hashes.map((_, i) =>
    same.reduce((sum, { interactions }) => sum + (interactions[i]?.times ?? 0), 0),
  )
  return { times: same.length === 0 ? undefined : times, changed: versions.length - same.length }
}

/** Merges what several sessions of a run played: each version of a cassette once. */
export function mergePlayed(all: readonly PlayedCassette[]): PlayedCassette[] {
  const merged: PlayedCassette[] = []
  // The longest first: of a file that grew, the earlier version is a prefix of the later.
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

/** @throws UsageError that names the file, when it is not what `printPlayback` makes */
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
  const cassettes = value['cassettes'].map((each) => readCassette(each, file))
  return { version: REPLAY_REPORT_VERSION, complete: value['complete'] === true, cassettes }
}

function readCassette(value: Json, file: string): PlayedCassette {
  if (!isJsonObject(value) || typeof value['cassette'] !== 'string' || !Array.isArray(value['interactions']))
    throw damaged(file)
  const interactions = value['interactions'].map((each, i) => {
    if (!isJsonObject(each) || each['position'] !== i) throw damaged(file)
    const { sha256: hash, played } = each
    if (typeof hash !== 'string' || typeof played !== 'boolean') throw damaged(file)
    // Older reports do not have it.
    const times = each['times'] ?? Number(played)
    if (!Number.isSafeInteger(times) || Number(times) < 0) throw damaged(file)
    return { position: i, sha256: hash, played, times: Number(times) }
  })
  return { cassette: value['cassette'], interactions }
}

function damaged(file: string): UsageError {
  return new UsageError(`${file} is damaged; run again with --report to replace it`)
}
