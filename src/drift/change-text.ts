import type { Json } from '../json/json.ts'
import { counted } from '../messages/figures.ts'
import { showPair } from '../match/near-miss/show-pair.ts'
import type { Change, Drift, InteractionDrift } from '../api/drift.ts'
import { typeOf } from './json-pair.ts'

/** A change in human-readable form. */
export interface ChangeText {
  /** Such as `added: $.choices[].message.refusal (string)`; only the place if `before` and `after` hold the values. */
  readonly text: string
  /** Set for values that are too long for `text`. They are cut around their first difference. */
  readonly before?: string
  readonly after?: string
}

/** Maximum combined length of two values that are shown on one line, in characters. */
const MAX_IN_LINE = 60

export function changeText(change: Change): ChangeText {
  const { text, before, after } = rawText(change)
  return {
    text: escapeControls(text + timesText(change)),
    ...(before === undefined ? {} : { before: escapeControls(before) }),
    ...(after === undefined ? {} : { after: escapeControls(after) }),
  }
}

/** Changes in wording: one entry per text, and one entry for all numbers. */
export function wordingTexts(changes: readonly Change[]): ChangeText[] {
  const numbers = changes.filter(isNumeric)
  const texts = changes.filter((change) => !isNumeric(change)).map(changeText)
  if (numbers.length === 0) return texts
  const pairs = numbers.map(
    (change) => `${placeText(change)} ${String(change.before)} → ${String(change.after)}${timesText(change)}`,
  )
  const more = pairs.length > MAX_NUMBERS ? `, and ${pairs.length - MAX_NUMBERS} more` : ''
  return [...texts, { text: escapeControls(`amounts: ${pairs.slice(0, MAX_NUMBERS).join(', ')}${more}`) }]
}

const MAX_NUMBERS = 6

function isNumeric({ what, before, after }: Change): boolean {
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
  const prefix = side === 'request' ? 'request ' : ''
  if (about === 'json') return `${prefix}${event === undefined ? '' : `${event} `}${place}`
  return `${prefix}${about === 'form' ? 'body' : about}${place === '' ? '' : ` ${place}`}`
}

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

/** Whether the values are status codes or words of ours, which need no quotes. */
function hasPlainValues(about: Change['about']): boolean {
  return about !== 'json' && about !== 'path' && about !== 'header'
}

/** Replaces a long list of numbers, such as an embedding, with its length. */
function shortened(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value) || value.length <= MAX_LIST) return value
  return value.every((item) => typeof item === 'number') ? `${value.length} numbers` : value
}

const MAX_LIST = 8

/** Returns a line such as `2 of 14 interactions changed in structure, 1 in wording only`. */
export function summary({ interactions, unchanged }: Drift): string {
  const all = interactions.length + unchanged
  const allText = counted(all, 'interaction')
  const structure = interactions.filter((each) => each.structure.length > 0).length
  const wording = interactions.length - structure
  if (interactions.length === 0) return all === 0 ? 'no interactions' : `${allText}, no changes`
  return [
    ...(structure > 0 ? [`${structure} of ${allText} changed in structure`] : []),
    ...(wording > 0
      ? [structure > 0 ? `${wording} in wording only` : `${wording} of ${allText} changed in wording only`]
      : []),
  ].join(', ')
}

/** Returns a line such as `3. POST /v1/chat/completions (gpt-4o-mini, "Hi")`. It includes the old position if that changed. */
export function heading({ before, after, method, path, gist }: InteractionDrift): string {
  const position = (after ?? before ?? 0) + 1
  const was = before !== undefined && after !== undefined && before !== after ? ` (was ${before + 1}.)` : ''
  return escapeControls(`${position}.${was} ${method} ${path}${gist === '' ? '' : ` (${gist})`}`)
}

/** Names both upstreams if they differ. */
export function upstreamLines({ before, after }: Drift): string[] {
  return before.upstream === after.upstream
    ? []
    : [escapeControls(`upstream: ${before.upstream} → ${after.upstream}`)]
}

/** Escapes line breaks, terminal control characters and characters that change the text direction. */
function escapeControls(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
