import type { CallReference, RewireRules, ValueKind } from '../api/rewire.ts'
import type { JsonObject } from '../json/json.ts'
import { readAnswer } from './answers/read-answer.ts'
import { idShapes, isGenerated, isIdName } from './shapes.ts'

export const rewireRules: RewireRules = {
  readAnswer,
  valueKind,
  isGenerated,
  isIdMember,
  // Other providers use other members to describe a model.
  isModel: (object) => object['object'] === 'model' || 'owned_by' in object || 'context_length' in object,
  isModelOutput,
  answeredCalls,
  identifyingMembers: new Set([
    'id',
    'call_id',
    'encrypted_content',
    'tool_calls',
    'function_call',
    'content',
    'arguments',
    'reasoning_details',
  ]),
}

function isModelOutput({ role, type }: JsonObject): boolean | undefined {
  if (typeof role === 'string') return role === 'assistant'
  if (typeof type !== 'string') return undefined
  if (type.endsWith('_output') || type.startsWith('input_')) return false
  return /^(?:output_text|refusal|reasoning|summary_text|.+_call)$/.test(type) ? true : undefined
}

function answeredCalls(object: JsonObject): readonly CallReference[] {
  const { role, type, name } = object
  const id = object['tool_call_id'] ?? object['approval_request_id'] ?? object['call_id']
  const isOutput = 'output' in object || role === 'tool' || /_(?:output|response)$/.test(String(type))
  return [
    ...(isOutput && typeof id === 'string' ? [{ id }] : []),
    ...(role === 'function' ? [{ name: String(name) }] : []),
  ]
}

function valueKind(value: string, member: string): ValueKind {
  if (
    isGenerated(value) ||
    GENERATED_MEMBERS.test(member) ||
    (isIdMember(member) && UNLIKE_WORDS.test(value))
  )
    return 'id'
  return isIdMember(member) && value.length > 0 && value.length <= 256 && !/\s/.test(value) ? 'name' : 'text'
}

/**
 * Distinguishes generated ids from words, in members that hold ids. Does not match the ids of some providers, which
 * number their calls or use nine random letters.
 */
const UNLIKE_WORDS = /^(?=.*\d|.+[A-Z].*[A-Z])(?=.*[A-Za-z])[A-Za-z0-9_-]{8,}$/

/** Members whose values are always generated, whatever they look like. */
const GENERATED_MEMBERS = /^(?:encrypted_content|fine_tuned_model|(?:thought_)?signature|b64_json)$/

function isIdMember(name: string): boolean {
  return isIdName(name) || idShapes.members.has(name) || OTHER_ID_MEMBERS.test(name)
}

/** Members that hold an id or a cursor but do not have `id` in their name. */
const OTHER_ID_MEMBERS =
  /^(?:container|conversation|training_file|validation_file|result_files|after|before|next|next_page|next_cursor|cursor|page)$/
