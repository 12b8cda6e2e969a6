import type { CallReference, RewireRules } from '../api/rewire.ts'
import type { JsonObject } from '../json/json.ts'
import { readAnswer } from './answers/read-answer.ts'
import { isGenerated, isIdMember, valueKind } from './value-kinds.ts'

export const rewireRules: RewireRules = {
  readAnswer,
  valueKind,
  isGenerated,
  isIdMember,
  // Other providers describe models in other members.
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
