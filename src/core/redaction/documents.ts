import { parseJson } from '../json.ts'
import { applyEdits, decodeString, type Edit, stringLeaves } from './json-strings.ts'
import type { Found } from './secrets.ts'
import { redactFragments } from './split.ts'

/** A string of one of several documents: a piece of what its channel spells. */
interface Piece {
  readonly document: number
  readonly start: number
  readonly end: number
  readonly value: string
}

/** Documents that are no JSON spell one text between them. */
const RAW = 'raw'

/** What each channel of these documents spells, piece by piece. */
export function channelsOf(documents: readonly string[]): ReadonlyMap<string, readonly Piece[]> {
  const channels = new Map<string, Piece[]>()
  const add = (channel: string, piece: Piece): void => {
    const pieces = channels.get(channel)
    if (pieces === undefined) channels.set(channel, [piece])
    else pieces.push(piece)
  }
  for (const [document, text] of documents.entries()) {
    if (parseJson(text) === undefined) add(RAW, { document, start: 0, end: text.length, value: text })
    else {
      for (const { start, end, channel } of stringLeaves(text)) {
        add(channel, { document, start, end, value: decodeString(text.slice(start, end)) })
      }
    }
  }
  return channels
}

/** Takes out secrets that are split over several strings: deltas of a stream, tokens of a list. */
export function redactSplit(
  documents: readonly string[],
  find: (text: string) => readonly Found[],
  placeholder: (secret: string) => string,
): readonly string[] {
  const edits = new Map<number, Edit[]>()
  for (const [channel, pieces] of channelsOf(documents)) {
    if (pieces.length < 2) continue
    const clean = redactFragments(pieces.map(({ value }) => value), find, placeholder)
    for (const [i, { document, start, end, value }] of pieces.entries()) {
      const text = clean[i] as string
      if (text === value) continue
      const edit = { start, end, text: channel === RAW ? text : JSON.stringify(text) }
      edits.set(document, [...(edits.get(document) ?? []), edit])
    }
  }
  return documents.map((text, document) => applyEdits(text, edits.get(document) ?? []))
}
