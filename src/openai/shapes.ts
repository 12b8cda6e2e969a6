import type { IdShapes } from '../match/generated-ids.ts'
import { type Identify, identifyBy } from '../match/identity.ts'
import { SecretShapes } from '../redact/shapes.ts'

/** Keys, session keys, ephemeral keys, and the ids of organisations and projects. */
export const secretShapes = new SecretShapes({
  prefixes: ['sk-', 'sess-', 'ek_', 'org-', 'proj_'],
  accountHeaders: new Map([
    ['openai-organization', 'org-'],
    ['openai-project', 'proj_'],
  ]),
  splitting: {
    identifying: new Set(['index', 'output_index', 'content_index', 'summary_index', 'item_id']),
    tokens: /\/token$/,
    deltas: /delta|\/(?:text|token)$/,
  },
})

/** The words with which ids begin that requests carry: `call_…`, `file-…`. */
const CARRIED_WORDS =
  'asst|batch|call|cfile|chatcmpl|ci|cmpl|cntr|conv|cu|eval|evalrun|fc|file|ftjob|ig|item|mcp|mcpl|mcpr|msg|part|resp|rs|run|step|thread|upload|video|vs|vsfb|ws'

/** Those of ids that stand in answers only, or belong to the user. */
const OTHER_WORDS = 'event|fp|ft|ftckpt|ftevent|gen|modr|org|proj|req|sess|tooluse|user|vsf'

/** Two capitals in a row among small letters: one id in seventy has no digit, and no word looks like this. */
const MIXED = '(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2})'

/** Letters and digits at random, after a known word. */
const TAIL = String.raw`(?:(?=\w*\d)[A-Za-z0-9_-]{8,}|${MIXED}[A-Za-z]{16,}(?![\w-]))`

/** The same after any word: `rtc_990b6ba8f11341c9`. Ids of other providers too. */
const LONG_TAIL = String.raw`(?:(?=[A-Za-z]*\d)(?=\d*[A-Za-z])|${MIXED})[A-Za-z0-9]{16,}(?![\w-])`
const ANY_WORD = '[A-Za-z][A-Za-z0-9]{0,15}(?:_[a-z]{1,12})?'

const ID = `(?:(?:${CARRIED_WORDS}|${OTHER_WORDS})[-_]${TAIL}|${ANY_WORD}[-_]${LONG_TAIL})`
const UUID = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f-])'

/** Ids of other providers without a word: hexadecimal, ULIDs. */
const BARE_ID = String.raw`(?:(?=[a-f]*\d)(?=\d*[a-f])(?:[0-9a-f]{24}|[0-9a-f]{32})|(?=[A-Z]*\d)(?=\d*[A-Z])[0-9A-Z]{26})(?![\w-])`

/** A fine-tuned model but for its last part, which is generated: `ft:gpt-4o-mini:org:name:GB06G92c`. */
const TUNED_MODEL = String.raw`ft:[^\s:/"]+:[^\s:/"]*:`

export const idShapes: IdShapes = {
  generated: new RegExp(`^(?:${CARRIED_WORDS})[-_]${TAIL}$`),
  members: new Set([
    'assistant_id',
    'batch_id',
    'call_id',
    'container_id',
    'encrypted_content',
    'file_id',
    'item_id',
    'previous_item_id',
    'previous_response_id',
    'response_id',
    'run_id',
    'thread_id',
    'tool_call_id',
    'vector_store_id',
  ]),
  lists: new Set(['input', 'messages', 'tool_calls']),
}

const GENERATED = new RegExp(
  [
    ID,
    `(?:[A-Za-z]{1,16}[-_])?${UUID}`,
    BARE_ID,
    // Digests of any length.
    '(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{24,}',
    String.raw`${TUNED_MODEL}\S*`,
  ]
    .map((each) => `^${each}$`)
    .join('|'),
)

/** Whether a word means nothing, and only the API can have made it. */
export function isGenerated(word: string): boolean {
  return word.length >= 8 && (GENERATED.test(word) || isOpaque(word))
}

/** Base64 that is too long to be a word: encrypted reasoning, signatures, images. */
function isOpaque(word: string): boolean {
  if (word.length < 40 || /[^A-Za-z0-9+/=_-]/.test(word)) return false
  return (
    /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && !/^(?:[a-z]+[-_/])+[a-z]+$/i.test(word)
  )
}

/** Ids wherever they stand in a text. A digest is none: that of a file changes with the file. */
const IDS_IN_TEXT = new RegExp(
  String.raw`(?<![\w-])${ID}|(?:(?<![\w-])[A-Za-z]{1,16}[-_]|(?<![0-9A-Fa-f-]))${UUID}|(?<![\w-])${BARE_ID}`,
  'g',
)
const TUNED_MODELS_IN_TEXT = new RegExp(
  String.raw`(?<![\w-])(${TUNED_MODEL}[^\s:/"]*:)[A-Za-z0-9]{6,}(?![\w-])`,
  'g',
)

/** A text with every generated id replaced by `<id>`. */
export function textWithoutIds(text: string): string {
  return text.replaceAll(TUNED_MODELS_IN_TEXT, '$1<id>').replaceAll(IDS_IN_TEXT, '<id>')
}

/** Whether a member is named as one that holds ids: `id`, `item_ids`, `requestId`. */
export function isIdName(name: string): boolean {
  return /(?:^|_)ids?$|[a-z]I[Dd]s?$/.test(name)
}

/** Identifies a request by all of it. */
export const identify: Identify = identifyBy(secretShapes.placeholders)
