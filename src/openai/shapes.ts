import type { IdShapes } from '../match/generated-ids.ts'
import { type Identify, identifyBy } from '../match/identity.ts'
import { SecretShapes } from '../redact/shapes.ts'

/** API keys, session keys, ephemeral keys, and the ids of organizations and projects. */
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

/** Prefixes of ids that requests contain, such as `call_…` or `file-…`. */
const REQUEST_PREFIXES =
  'asst|batch|call|cfile|chatcmpl|ci|cmpl|cntr|conv|cu|eval|evalrun|fc|file|ftjob|ig|item|mcp|mcpl|mcpr|msg|part|resp|rs|run|step|thread|upload|video|vs|vsfb|ws'

/** Prefixes of ids that only occur in responses, or that belong to the user's account. */
const OTHER_PREFIXES = 'event|fp|ft|ftckpt|ftevent|gen|modr|org|proj|req|sess|tooluse|user|vsf'

/** Two capitals in a row and two lower-case letters in a row. One id in seventy has no digit, and no word looks like this. */
const MIXED_CASE = '(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2})'

/** The random part of an id after a known prefix. */
const TAIL = String.raw`(?:(?=\w*\d)[A-Za-z0-9_-]{8,}|${MIXED_CASE}[A-Za-z]{16,}(?![\w-]))`

/** The random part of an id after any prefix, such as `rtc_990b6ba8f11341c9`. Includes ids of other providers. */
const LONG_TAIL = String.raw`(?:(?=[A-Za-z]*\d)(?=\d*[A-Za-z])|${MIXED_CASE})[A-Za-z0-9]{16,}(?![\w-])`
const ANY_PREFIX = '[A-Za-z][A-Za-z0-9]{0,15}(?:_[a-z]{1,12})?'

const ID = `(?:(?:${REQUEST_PREFIXES}|${OTHER_PREFIXES})[-_]${TAIL}|${ANY_PREFIX}[-_]${LONG_TAIL})`
const UUID = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f-])'

/** Ids of other providers without a prefix: hexadecimal ids and ULIDs. */
const UNPREFIXED_ID = String.raw`(?:(?=[a-f]*\d)(?=\d*[a-f])(?:[0-9a-f]{24}|[0-9a-f]{32})|(?=[A-Z]*\d)(?=\d*[A-Z])[0-9A-Z]{26})(?![\w-])`

/** The start of a fine-tuned model's name, such as `ft:gpt-4o-mini:org:name:GB06G92c`. The last part is generated. */
const TUNED_MODEL = String.raw`ft:[^\s:/"]+:[^\s:/"]*:`

export const idShapes: IdShapes = {
  generated: new RegExp(`^(?:${REQUEST_PREFIXES})[-_]${TAIL}$`),
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
    UNPREFIXED_ID,
    // Hexadecimal digests of any length.
    '(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{24,}',
    String.raw`${TUNED_MODEL}\S*`,
  ]
    .map((each) => `^${each}$`)
    .join('|'),
)

/** Whether a string has no meaning of its own, so that the API must have generated it. */
export function isGenerated(word: string): boolean {
  return word.length >= 8 && (GENERATED.test(word) || isLongBase64(word))
}

/** Detects base64 that is too long to be a word, such as encrypted reasoning, signatures and images. */
function isLongBase64(word: string): boolean {
  if (word.length < 40 || /[^A-Za-z0-9+/=_-]/.test(word)) return false
  return (
    /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && !/^(?:[a-z]+[-_/])+[a-z]+$/i.test(word)
  )
}

/** Ids anywhere in a text. Digests are not included, as a digest changes with its file. */
const IDS_IN_TEXT = new RegExp(
  String.raw`(?<![\w-])${ID}|(?:(?<![\w-])[A-Za-z]{1,16}[-_]|(?<![0-9A-Fa-f-]))${UUID}|(?<![\w-])${UNPREFIXED_ID}`,
  'g',
)
const TUNED_MODELS_IN_TEXT = new RegExp(
  String.raw`(?<![\w-])(${TUNED_MODEL}[^\s:/"]*:)[A-Za-z0-9]{6,}(?![\w-])`,
  'g',
)

/** Replaces every generated id in a text with `<id>`. */
export function textWithoutIds(text: string): string {
  return text.replaceAll(TUNED_MODELS_IN_TEXT, '$1<id>').replaceAll(IDS_IN_TEXT, '<id>')
}

/** Whether a member's name says that it holds ids, such as `id`, `item_ids` or `requestId`. */
export function isIdName(name: string): boolean {
  return /(?:^|_)ids?$|[a-z]I[Dd]s?$/.test(name)
}

/** Identifies a request by its complete content. */
export const identify: Identify = identifyBy(secretShapes.placeholders)
