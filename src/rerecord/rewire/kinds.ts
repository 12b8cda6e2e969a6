import { idShapes } from '../../openai/shapes.ts'

/**
 * What a value is by its look and by the member that carries it. An `id` is one wherever it stands as a word;
 * a `name` only under a member that carries ids, in a path or a query; a `text` only as a whole.
 */
export type Kind = 'id' | 'name' | 'text'

export function kindOf(value: string, key: string): Kind {
  if (isMintedWord(value) || OPAQUE_MEMBERS.has(key) || (isIdMember(key) && DISTINCT.test(value))) return 'id'
  return isIdMember(key) && value.length > 0 && value.length <= 256 && !/\s/.test(value) ? 'name' : 'text'
}

/** Values that mean nothing, and that nobody but the API makes. */
export function isMintedWord(word: string): boolean {
  if (word.length < 8) return false
  return (
    idShapes.generated.test(word) ||
    RANDOM.test(word) ||
    LETTERS.test(word) ||
    UUID.test(word) ||
    TUNED.test(word) ||
    isOpaque(word)
  )
}

/** A short word, then letters and digits in no order: `rtc_990b6ba8f11341c9`. Ids of providers that came later. */
const RANDOM =
  /^[A-Za-z][A-Za-z0-9]{0,15}(?:_[a-z]{1,12})?[-_](?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}$|^(?=.*\d)(?=.*[A-Za-z])(?:[0-9a-f]{24,}|[0-9A-Z]{26})$/

/** Those of other providers that have no digit by chance. */
const LETTERS = /^[a-z]{1,12}[-_](?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2})[A-Za-z]{16,}$/

const UUID = /^(?:[A-Za-z]{1,16}[-_])?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A model that was tuned. */
const TUNED = /^ft:[^\s:]+:[^\s:]*:[^\s]*$/

/** Encrypted reasoning, signatures, images: base64 that is too long to be a word. */
function isOpaque(word: string): boolean {
  if (word.length < 40 || /[^A-Za-z0-9+/=_-]/.test(word)) return false
  return (
    /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && !/^(?:[a-z]+[-_/])+[a-z]+$/i.test(word)
  )
}

/** Under a member that carries ids: no word that anybody would say. Others number their calls, or draw nine letters. */
const DISTINCT = /^(?=.*\d|.+[A-Z].*[A-Z])(?=.*[A-Za-z])[A-Za-z0-9_-]{8,}$/

/** What stands here is minted, whatever it looks like. */
const OPAQUE_MEMBERS: ReadonlySet<string> = new Set([
  'encrypted_content',
  'fine_tuned_model',
  'signature',
  'thought_signature',
  'b64_json',
])

/** Whether a member carries ids, or what stands for one: a cursor. */
export function isIdMember(key: string): boolean {
  return (
    idShapes.members.has(key) ||
    /^id$|[a-z]_ids?$|[a-z]Ids?$/.test(key) ||
    THINGS.has(key) ||
    CURSORS.has(key)
  )
}

/** Members that carry an id without saying so. */
const THINGS: ReadonlySet<string> = new Set([
  'container',
  'conversation',
  'training_file',
  'validation_file',
  'result_files',
])

const CURSORS: ReadonlySet<string> = new Set([
  'after',
  'before',
  'next',
  'next_page',
  'next_cursor',
  'cursor',
  'page',
])

/** Words as ids can be: as they stand in prose and paths, and those of base64. */
export const WORD = /[A-Za-z0-9_-]{8,}/g
export const WIDE_WORD = /[A-Za-z0-9_\-+/=:.]{8,}/g
