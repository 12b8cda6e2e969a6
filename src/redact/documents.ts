import { parseJson } from '../json/json.ts'
import { applyEdits, type Edit } from '../json/edit.ts'
import { decodeString } from '../json/lexer.ts'
import { stringLeaves } from './channels.ts'
import { type Found, KEY_PREFIX } from './secrets.ts'
import { redactFragments } from './split.ts'

/** A string of one of several documents: a piece of what its channel spells. */
interface Piece {
  readonly document: number
  readonly start: number
  readonly end: number
  readonly value: string
}

/** Documents that are no JSON objects or lists spell one text between them: `7` may be a piece of it. */
const RAW = 'raw'

function isStructured(text: string): boolean {
  return /^\s*[[{]/.test(text) && parseJson(text) !== undefined
}

/** Texts that these documents spell, each as the pieces that it is read from. */
export function spelledTexts(documents: readonly string[]): readonly (readonly string[])[] {
  return groupsOf(documents).map(({ pieces }) => pieces.map(({ value }) => value))
}

/** Takes out secrets that are split over several strings: deltas of a stream, tokens of a list. */
export function redactSplit(
  documents: readonly string[],
  find: (text: string) => readonly Found[],
  standIn: (found: Found) => string,
): readonly string[] {
  const edits = documents.map((): Edit[] => [])
  for (const { channel, pieces } of groupsOf(documents)) {
    if (pieces.length < 2) continue
    const clean = redactFragments(
      pieces.map(({ value }) => value),
      find,
      standIn,
    )
    for (const [i, { document, start, end, value }] of pieces.entries()) {
      const text = clean[i] as string
      if (text !== value)
        edits[document]?.push({ start, end, text: channel === RAW ? text : JSON.stringify(text) })
    }
  }
  return documents.map((text, document) => applyEdits(text, edits[document] ?? []))
}

interface Group {
  readonly channel: string
  readonly pieces: Piece[]
}

/** The pieces of each channel, parted where one text ends and another begins. */
function groupsOf(documents: readonly string[]): Group[] {
  const groups: Group[] = []
  for (const [channel, pieces] of channelsOf(documents)) {
    let group: Group | undefined
    for (const piece of pieces) {
      const last = group?.pieces.at(-1)
      if (group !== undefined && last !== undefined && continues(channel, last, piece))
        group.pieces.push(piece)
      else {
        group = { channel, pieces: [piece] }
        groups.push(group)
      }
    }
  }
  return groups
}

const WHOLE_ID = new RegExp(`${KEY_PREFIX}[A-Za-z0-9_-]{8,}$`)
const ID_START = new RegExp(`^${KEY_PREFIX}`)

/**
 * Whether a piece goes on with the text of the one before it. The strings of one document
 * do not, tokens apart; nor does what follows a whole id, unless it came as a delta.
 */
function continues(channel: string, before: Piece, piece: Piece): boolean {
  if (before.document === piece.document && !channel.endsWith('/token')) return false
  if (!WHOLE_ID.test(before.value.slice(-300))) return true
  return isDelta(channel) && !ID_START.test(piece.value)
}

function isDelta(channel: string): boolean {
  return channel === RAW || /delta|\/(?:text|token)$/.test(channel)
}

function channelsOf(documents: readonly string[]): ReadonlyMap<string, readonly Piece[]> {
  const channels = new Map<string, Piece[]>()
  const add = (channel: string, piece: Piece): void => {
    const pieces = channels.get(channel)
    if (pieces === undefined) channels.set(channel, [piece])
    else pieces.push(piece)
  }
  for (const [document, text] of documents.entries()) {
    if (!isStructured(text)) add(RAW, { document, start: 0, end: text.length, value: text })
    else {
      for (const { start, end, channel } of stringLeaves(text)) {
        add(channel, { document, start, end, value: decodeString(text.slice(start, end)) })
      }
    }
  }
  return channels
}
