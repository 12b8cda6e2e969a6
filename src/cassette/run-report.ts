import type { Interaction } from './cassette.ts'
import { printCassette } from './text.ts'
import { sha256 } from '../http/bytes.ts'
import { UsageError } from '../messages/errors.ts'
import { isJsonObject, type Json, parseJson } from '../json/json.ts'

/** Which interactions of some cassettes a run played: what `replay --report` writes, and `prune` and `stats` read. */
export interface Playback {
  readonly version: typeof PLAYBACK_VERSION
  /** Whether the run ended well, and so asked for all that it meant to. */
  readonly complete: boolean
  readonly cassettes: readonly PlayedCassette[]
}

export const PLAYBACK_VERSION = 1

export interface PlayedCassette {
  readonly cassette: string
  /** All that the file holds, so that it is noticed when it changes. */
  readonly interactions: readonly PlayedInteraction[]
}

export interface PlayedInteraction {
  /** From 0, in the order of the file. */
  readonly position: number
  /** Of the interaction's text. */
  readonly sha256: string
  /** Whether the run asked for it; what it recorded itself counts as well. */
  readonly played: boolean
  /** How often it was the answer. */
  readonly times: number
}

/** One text per interaction: its print. */
export function hashOf(interaction: Interaction): string {
  const alone = { version: 1, upstream: '', recordedAt: '', interactions: [interaction] } as const
  return sha256(printCassette(alone).text)
}

export type Verdict =
  /** Positions that no run played. */
  | { readonly kind: 'known'; readonly unplayed: readonly number[] }
  /** A run played something else than what stands there now. */
  | { readonly kind: 'changed' }
  /** No run had it open. */
  | { readonly kind: 'unknown' }

/** What the runs say of a cassette whose interactions hash to this. */
export function judge(playbacks: readonly Playback[], cassette: string, hashes: readonly string[]): Verdict {
  const told = playbacks.flatMap(({ cassettes }) => cassettes.filter((each) => each.cassette === cassette))
  if (told.length === 0) return { kind: 'unknown' }
  const same = told.every(
    ({ interactions }) =>
      interactions.length === hashes.length && interactions.every((each, i) => each.sha256 === hashes[i]),
  )
  if (!same) return { kind: 'changed' }
  const isPlayed = (position: number): boolean =>
    told.some(({ interactions }) => interactions[position]?.played === true)
  return { kind: 'known', unplayed: [...hashes.keys()].filter((position) => !isPlayed(position)) }
}

/**
 * How often the runs played each interaction of a cassette whose interactions hash to this.
 * @returns the times by position, undefined where no run had the cassette as it is; and how many had it otherwise
 */
export function timesIn(
  playbacks: readonly Playback[],
  cassette: string,
  hashes: readonly string[],
): { readonly times: readonly number[] | undefined; readonly changed: number } {
  const told = playbacks.flatMap(({ cassettes }) => cassettes.filter((each) => each.cassette === cassette))
  // What was added since is behind the rest.
  const same = told.filter(({ interactions }) => interactions.every((each, i) => each.sha256 === hashes[i]))
  const times = hashes.map((_, i) =>
    same.reduce((sum, { interactions }) => sum + (interactions[i]?.times ?? 0), 0),
  )
  return { times: same.length === 0 ? undefined : times, changed: told.length - same.length }
}

/** What several sessions of a run tell, a cassette once for each way in which they had it. */
export function mergePlayed(all: readonly PlayedCassette[]): PlayedCassette[] {
  const merged: PlayedCassette[] = []
  // The longest first: of a file that grew, the earlier is a beginning of the later.
  for (const each of all.toSorted((a, b) => b.interactions.length - a.interactions.length)) {
    const at = merged.findIndex((known) => known.cassette === each.cassette && isBeginning(each, known))
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

function isBeginning(short: PlayedCassette, long: PlayedCassette): boolean {
  return short.interactions.every(({ sha256: hash }, i) => long.interactions[i]?.sha256 === hash)
}

function plus(own: PlayedInteraction, other: PlayedInteraction | undefined): PlayedInteraction {
  if (other === undefined) return own
  return { ...own, played: own.played || other.played, times: own.times + other.times }
}

export function printPlayback(playback: Playback): string {
  return `${JSON.stringify(playback, null, 2)}\n`
}

/** @throws UsageError that names the file, when it is not what `printPlayback` makes */
export function parsePlayback(text: string, file: string): Playback {
  const value = parseJson(text)
  if (!isJsonObject(value) || value['version'] === undefined || !Array.isArray(value['cassettes']))
    throw new UsageError(`${file} is no report of a run; 'openai-vcr replay --report FILE -- CMD' writes one`)
  if (value['version'] !== PLAYBACK_VERSION)
    throw new UsageError(
      `${file} is a report of version ${JSON.stringify(value['version'])}, and this openai-vcr reads version ${PLAYBACK_VERSION}`,
    )
  const cassettes = value['cassettes'].map((each) => readCassette(each, file))
  return { version: PLAYBACK_VERSION, complete: value['complete'] === true, cassettes }
}

function readCassette(value: Json, file: string): PlayedCassette {
  if (!isJsonObject(value) || typeof value['cassette'] !== 'string' || !Array.isArray(value['interactions']))
    throw damaged(file)
  const interactions = value['interactions'].map((each, i) => {
    if (!isJsonObject(each) || each['position'] !== i) throw damaged(file)
    const { sha256: hash, played } = each
    if (typeof hash !== 'string' || typeof played !== 'boolean') throw damaged(file)
    // Reports of before times were counted.
    const times = each['times'] ?? Number(played)
    if (!Number.isSafeInteger(times) || Number(times) < 0) throw damaged(file)
    return { position: i, sha256: hash, played, times: Number(times) }
  })
  return { cassette: value['cassette'], interactions }
}

function damaged(file: string): UsageError {
  return new UsageError(`${file} is damaged; run again with --report to write it anew`)
}
