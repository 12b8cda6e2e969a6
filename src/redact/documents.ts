import { parseJson } from '../json/json.ts'
import { applyEdits, type Edit } from '../json/edit.ts'
import { decodeString } from '../json/lexer.ts'
import { stringLeaves } from './channels.ts'
import type { Find, PlaceholderFor } from './replace.ts'
import type { SecretShapes } from './shapes.ts'
import { redactFragments } from './split.ts'

/** A string in one of several documents. The strings of a channel, joined, are one text. */
interface Fragment {
  readonly document: number
  readonly start: number
  readonly end: number
  readonly value: string
}

/** The channel of documents that are not JSON objects or lists. They are fragments of one text, even `7`. */
const RAW = 'raw'

function isStructured(text: string): boolean {
  return /^\s*[[{]/.test(text) && parseJson(text) !== undefined
}

/** The texts in the documents, each as a list of its fragments. */
export function textFragments(
  documents: readonly string[],
  shapes: SecretShapes,
): readonly (readonly string[])[] {
  return groupsOf(documents, shapes).map(({ fragments }) => fragments.map(({ value }) => value))
}

/** Redacts secrets that are split over several strings, such as the deltas of a stream or a list of tokens. */
export function redactSplit(
  documents: readonly string[],
  shapes: SecretShapes,
  find: Find,
  placeholderFor: PlaceholderFor,
): readonly string[] {
  const edits = documents.map((): Edit[] => [])
  for (const { channel, fragments } of groupsOf(documents, shapes)) {
    if (fragments.length < 2) continue
    const clean = redactFragments(
      fragments.map(({ value }) => value),
      find,
      placeholderFor,
    )
    for (const [i, { document, start, end, value }] of fragments.entries()) {
      const text = clean[i] as string
      if (text !== value)
        edits[document]?.push({ start, end, text: channel === RAW ? text : JSON.stringify(text) })
    }
  }
  return documents.map((text, document) => applyEdits(text, edits[document] ?? []))
}

interface Group {
  readonly channel: string
  readonly fragments: Fragment[]
}

/** Groups the fragments of each channel by the text that they belong to. */
function groupsOf(documents: readonly string[], shapes: SecretShapes): Group[] {
  const groups: Group[] = []
  for (const [channel, fragments] of channelsOf(documents, shapes)) {
    let group: Group | undefined
    for (const fragment of fragments) {
      const last = group?.fragments.at(-1)
      if (group !== undefined && last !== undefined && continues(channel, last, fragment, shapes))
        group.fragments.push(fragment)
      else {
        group = { channel, fragments: [fragment] }
        groups.push(group)
      }
    }
  }
  return groups
}

/**
 * Whether a fragment continues the text of the fragment before it. Strings in the same document are
 * separate texts, except tokens. A fragment after a complete id begins a new text, except in deltas.
 */
function continues(
  channel: string,
  before: Fragment,
  fragment: Fragment,
  { splitting, endsWithKey, beginsLikeKey }: SecretShapes,
): boolean {
  if (before.document === fragment.document && !splitting.tokens.test(channel)) return false
  if (!endsWithKey.test(before.value.slice(-300))) return true
  return (channel === RAW || splitting.deltas.test(channel)) && !beginsLikeKey.test(fragment.value)
}

function channelsOf(
  documents: readonly string[],
  { splitting }: SecretShapes,
): ReadonlyMap<string, readonly Fragment[]> {
  const channels = new Map<string, Fragment[]>()
  const add = (channel: string, fragment: Fragment): void => {
    const fragments = channels.get(channel)
    if (fragments === undefined) channels.set(channel, [fragment])
    else fragments.push(fragment)
  }
  for (const [document, text] of documents.entries()) {
    if (!isStructured(text)) add(RAW, { document, start: 0, end: text.length, value: text })
    else {
      for (const { start, end, channel } of stringLeaves(text, splitting.identifying)) {
        add(channel, { document, start, end, value: decodeString(text.slice(start, end)) })
      }
    }
  }
  return channels
}
