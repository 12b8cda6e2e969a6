import type { Json } from '../json/json.ts'
import { counted } from '../messages/figures.ts'
import { showPair } from '../match/near-miss/show-pair.ts'
import type { Change, Drift, InteractionDrift } from '../api/drift.ts'
import { typeOf } from './json-pair.ts'

/** A change for a person to read. */
export interface ChangeText {
  /** `added: $.choices[].message.refusal (string)`, or the place of the values in `before` and `after`. */
  readonly text: string
  /** Values that are too long for the text, cut around the place where they begin to differ. */
  readonly before?: string
  readonly after?: string
}

/** Characters of two values that still fit into one line. */
const MAX_IN_LINE = 60

export function changeText(change: Change): ChangeText {
  const { text, before, after } = rawText(change)
  return {
    text: visible(text + timesText(change)),
    ...(before === undefined ? {} : { before: visible(before) }),
    ...(after === undefined ? {} : { after: visible(after) }),
  }
}

/** Changes of wording: each text by itself, and all numbers in one line. */
export function wordingTexts(changes: readonly Change[]): ChangeText[] {
  const numbers = changes.filter(isOfNumbers)
  const texts = changes.filter((change) => !isOfNumbers(change)).map(changeText)
  if (numbers.length === 0) return texts
  const pairs = numbers.map(
    (change) => `${placeText(change)} ${String(change.before)} → ${String(change.after)}${timesText(change)}`,
  )
  const more = pairs.length > MAX_NUMBERS ? `, and ${pairs.length - MAX_NUMBERS} more` : ''
  return [...texts, { text: visible(`amounts: ${pairs.slice(0, MAX_NUMBERS).join(', ')}${more}`) }]
}

const MAX_NUMBERS = 6

function isOfNumbers({ what, before, after }: Change): boolean {
  return what === 'value' && typeof before === 'number' && typeof after === 'number'
}

function timesText({ times }: Change): string {
  return times === 1 ? '' : ` (${times} times)`
}

function rawText(change: Change): ChangeText {
  const place = placeText(change)
  switch (change.what) {
    case 'added':
    case 'removed':
      return { text: `${change.what}: ${place}${typeNote(change)}` }
    case 'type':
      return { text: `${place}: ${typeOf(change.before as Json)} → ${typeOf(change.after as Json)}` }
    case 'items':
      return { text: `number of ${place}: ${String(change.before)} → ${String(change.after)}` }
    case 'order':
      return withValues(`order of ${place}`, change)
    case 'value':
      return withValues(place, change)
  }
}

function placeText({ in: side, about, place, event }: Change): string {
  if (about === 'interaction') return 'the whole interaction'
  const of = side === 'request' ? 'request ' : ''
  if (about === 'json') return `${of}${event === undefined ? '' : `${event} `}${place}`
  return `${of}${about === 'form' ? 'body' : about}${place === '' ? '' : ` ${place}`}`
}

/** The type of a value that was added or removed. */
function typeNote({ about, before, after }: Change): string {
  const value = before ?? after
  return about !== 'json' || value === undefined ? '' : ` (${typeOf(value)})`
}

function withValues(place: string, { about, before, after }: Change): ChangeText {
  if (hasPlainValues(about)) return { text: `${place}: ${String(before)} → ${String(after)}` }
  const shown = showPair(shortened(before), shortened(after))
  return shown.recorded.length + shown.received.length <= MAX_IN_LINE
    ? { text: `${place}: ${shown.recorded} → ${shown.received}` }
    : { text: place, before: shown.recorded, after: shown.received }
}

/** Whether its values are our own words or HTTP's, which need no quotes. */
function hasPlainValues(about: Change['about']): boolean {
  return about !== 'json' && about !== 'path' && about !== 'header'
}

/** Nobody reads a long list of numbers. */
function shortened(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value) || value.length <= MAX_LIST) return value
  return value.every((item) => typeof item === 'number') ? `${value.length} numbers` : value
}

const MAX_LIST = 8

/** `2 of 14 interactions changed in structure, 1 in wording only`. */
export function summary({ interactions, unchanged }: Drift): string {
  const all = interactions.length + unchanged
  const of = counted(all, 'interaction')
  const structure = interactions.filter((each) => each.structure.length > 0).length
  const wording = interactions.length - structure
  if (interactions.length === 0) return all === 0 ? 'no interactions' : `${of}, no changes`
  return [
    ...(structure > 0 ? [`${structure} of ${of} changed in structure`] : []),
    ...(wording > 0
      ? [structure > 0 ? `${wording} in wording only` : `${wording} of ${of} changed in wording only`]
      : []),
  ].join(', ')
}

/** `3. POST /v1/chat/completions (gpt-4o-mini, "Hi")`, with its former position if that was another. */
export function heading({ before, after, method, path, gist }: InteractionDrift): string {
  const position = (after ?? before ?? 0) + 1
  const was = before !== undefined && after !== undefined && before !== after ? ` (was ${before + 1}.)` : ''
  return visible(`${position}.${was} ${method} ${path}${gist === '' ? '' : ` (${gist})`}`)
}

/** Where each was recorded from, if not from the same upstream. */
export function upstreamLines({ before, after }: Drift): string[] {
  return before.upstream === after.upstream
    ? []
    : [visible(`upstream: ${before.upstream} → ${after.upstream}`)]
}

/** On one line, and without characters that steer a terminal or turn the text's direction. */
function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
