import type { ValueKind } from '../api/rewire.ts'
import { idShapes } from './shapes.ts'

export function valueKind(value: string, member: string): ValueKind {
  if (isGenerated(value) || GENERATED_MEMBERS.has(member) || (isIdMember(member) && DISTINCT.test(value)))
    return 'id'
  return isIdMember(member) && value.length > 0 && value.length <= 256 && !/\s/.test(value) ? 'name' : 'text'
}

/** Whether a word means nothing, and only the API can have made it. */
export function isGenerated(word: string): boolean {
  if (word.length < 8) return false
  return (
    idShapes.generated.test(word) ||
    RANDOM.test(word) ||
    LETTERS.test(word) ||
    UUID.test(word) ||
    TUNED_MODEL.test(word) ||
    isOpaque(word)
  )
}

/** A short word, then letters and digits at random: `rtc_990b6ba8f11341c9`. Also ids of other providers. */
const RANDOM =
  /^[A-Za-z][A-Za-z0-9]{0,15}(?:_[a-z]{1,12})?[-_](?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}$|^(?=.*\d)(?=.*[A-Za-z])(?:[0-9a-f]{24,}|[0-9A-Z]{26})$/

/** Ids of other providers that happen to have no digit. */
const LETTERS = /^[a-z]{1,12}[-_](?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2})[A-Za-z]{16,}$/

const UUID = /^(?:[A-Za-z]{1,16}[-_])?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A fine-tuned model. */
const TUNED_MODEL = /^ft:[^\s:]+:[^\s:]*:[^\s]*$/

/** Base64 that is too long to be a word: encrypted reasoning, signatures, images. */
function isOpaque(word: string): boolean {
  if (word.length < 40 || /[^A-Za-z0-9+/=_-]/.test(word)) return false
  return (
    /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && !/^(?:[a-z]+[-_/])+[a-z]+$/i.test(word)
  )
}

/**
 * A value in a member that holds ids, and unlike any word. Ids of some providers are not: they number their calls,
 * or draw nine letters.
 */
const DISTINCT = /^(?=.*\d|.+[A-Z].*[A-Z])(?=.*[A-Za-z])[A-Za-z0-9_-]{8,}$/

/** Members whose values are generated, whatever they look like. */
const GENERATED_MEMBERS: ReadonlySet<string> = new Set([
  'encrypted_content',
  'fine_tuned_model',
  'signature',
  'thought_signature',
  'b64_json',
])

export function isIdMember(name: string): boolean {
  return (
    idShapes.members.has(name) ||
    /^id$|[a-z]_ids?$|[a-z]Ids?$/.test(name) ||
    MEMBERS_OF_IDS.has(name) ||
    CURSORS.has(name)
  )
}

/** Members that hold an id without `id` in their name. */
const MEMBERS_OF_IDS: ReadonlySet<string> = new Set([
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
