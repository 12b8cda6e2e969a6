import type { Json } from '../json/json.ts'
import { showPair } from '../match/near-miss/show-pair.ts'
import type { Change } from '../api/drift.ts'
import { typeOf } from './pair.ts'

/** A change as a person reads it. */
export interface Said {
  /** `came: $.choices[].message.refusal (string)`, or the place of what stands in `before` and `after`. */
  readonly text: string
  /** Values that are too long to stand in the text, cut around the place where they begin to differ. */
  readonly before?: string
  readonly after?: string
}

/** Characters of two values that still stand in one line. */
const SHORT = 60

export function sayChange(change: Change): Said {
  const { text, before, after } = sayPlain(change)
  return {
    text: visible(text + timesOf(change)),
    ...(before === undefined ? {} : { before: visible(before) }),
    ...(after === undefined ? {} : { after: visible(after) }),
  }
}

/** Changes in words: texts one by one, and amounts in a line. */
export function sayWords(changes: readonly Change[]): Said[] {
  const amounts = changes.filter(isAmount)
  const said = changes.filter((change) => !isAmount(change)).map(sayChange)
  if (amounts.length === 0) return said
  const pairs = amounts.map(
    (change) => `${whereOf(change)} ${String(change.before)} → ${String(change.after)}${timesOf(change)}`,
  )
  const more = pairs.length > MOST_AMOUNTS ? `, and ${pairs.length - MOST_AMOUNTS} more` : ''
  return [...said, { text: visible(`amounts: ${pairs.slice(0, MOST_AMOUNTS).join(', ')}${more}`) }]
}

const MOST_AMOUNTS = 6

function isAmount({ what, before, after }: Change): boolean {
  return what === 'value' && typeof before === 'number' && typeof after === 'number'
}

function timesOf({ times }: Change): string {
  return times === 1 ? '' : ` (${times} times)`
}

function sayPlain(change: Change): Said {
  const where = whereOf(change)
  switch (change.what) {
    case 'came':
    case 'went':
      return { text: `${change.what}: ${where}${aside(change)}` }
    case 'type':
      return { text: `${where}: ${typeOf(change.before as Json)} → ${typeOf(change.after as Json)}` }
    case 'items':
      return { text: `number of ${where}: ${String(change.before)} → ${String(change.after)}` }
    case 'order':
      return withValues(`order of ${where}`, change)
    case 'value':
      return withValues(where, change)
  }
}

function whereOf({ in: side, about, place, event }: Change): string {
  if (about === 'interaction') return 'the whole interaction'
  const of = side === 'request' ? 'request ' : ''
  if (about === 'json') return `${of}${event === undefined ? '' : `${event} `}${place}`
  return `${of}${about === 'form' ? 'body' : about}${place === '' ? '' : ` ${place}`}`
}

/** What kind of thing came or went. */
function aside({ about, before, after }: Change): string {
  const value = before ?? after
  return about !== 'json' || value === undefined ? '' : ` (${typeOf(value)})`
}

function withValues(where: string, { about, before, after }: Change): Said {
  if (isPlain(about)) return { text: `${where}: ${String(before)} → ${String(after)}` }
  const shown = showPair(briefly(before), briefly(after))
  return shown.recorded.length + shown.received.length <= SHORT
    ? { text: `${where}: ${shown.recorded} → ${shown.received}` }
    : { text: where, before: shown.recorded, after: shown.received }
}

/** Whether its values are words of our own, or of HTTP. */
function isPlain(about: Change['about']): boolean {
  return about !== 'json' && about !== 'path' && about !== 'header'
}

/** Numbers in a row are no reading matter. */
function briefly(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value) || value.length <= MOST_NUMBERS) return value
  return value.every((item) => typeof item === 'number') ? `${value.length} numbers` : value
}

const MOST_NUMBERS = 8

/** On one line, and without characters that steer a terminal or turn the text's direction. */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
