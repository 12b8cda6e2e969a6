import type { ComparisonRule } from '../../api/drift.ts'
import type { Json, JsonObject } from '../../json/json.ts'
import { asObject } from '../../json/access.ts'
import { FIXED_VALUES } from '../answers/join.ts'
import { isIdName } from '../shapes.ts'

/** `obfuscation` is random padding that hides the length of events. */
const IGNORED: ReadonlySet<string> = new Set(['obfuscation'])

/** Times, positions, and ids without `id` in their name. */
const VOLATILE =
  /_at$|_index$|_fingerprint$|^(?:created|create_time|encrypted_content|endTime|end_time|index|nonce|prompt_cache_key|queue_time|sequence_number|signature|startTime|start_time)$|^(?:completion|prompt|total)_time$/

/** The members of a rate limit that change with every request. */
const REMAINING: ReadonlySet<string> = new Set(['remaining', 'reset_seconds'])

/** The user's JSON Schemas. Everything in them is structure except descriptions, whatever the member names. */
const SCHEMAS: ReadonlySet<string> = new Set(['input_schema', 'parameters', 'schema'])

export function ruleFor(keys: readonly string[]): ComparisonRule {
  const names = keys.filter((key) => key !== '[]')
  const [name = '', parent = ''] = [names.at(-1), names.at(-2)]
  if (keys.some((key, i) => i < keys.length - 1 && SCHEMAS.has(key)))
    return name === 'description' ? 'wording' : 'structure'
  if (parent === 'metadata') return 'wording'
  if (parent === 'rate_limits') return REMAINING.has(name) ? 'presence' : ruleFor([name])
  if (IGNORED.has(name)) return 'ignored'
  if (isIdName(name) || VOLATILE.test(name)) return 'presence'
  if (name === 'arguments') return 'arguments'
  // The input of a custom tool is free text.
  if (name === 'input' && (parent === 'custom' || parent === 'output' || parent === 'input'))
    return 'arguments'
  // In legacy completions, tokens are member names.
  if (name === 'top_logprobs' && parent === 'logprobs' && keys.at(-1) === '[]') return 'opaque'
  // Outside of errors and close frames, `code` is a program that the model wrote.
  if (name === 'code')
    return parent === 'error' || parent === 'last_error' || parent === 'close' ? 'structure' : 'wording'
  return FIXED_VALUES.test(name) ? 'structure' : 'wording'
}

const CALL_TYPES: ReadonlySet<string> = new Set([
  'custom_tool_call',
  'function',
  'function_call',
  'mcp_call',
  'custom',
])

/** Names an item by its type, its role, or the tool that it calls. */
export function itemName(item: JsonObject, keys: readonly string[]): string | undefined {
  const list = keys.findLast((key) => key !== '[]')
  const type = text(item['type'])
  const name =
    text(asObject(item['function'])['name']) ?? text(asObject(item['custom'])['name']) ?? text(item['name'])
  if (list === 'tool_calls') return name
  if (list === 'tools') return type === 'function' || type === 'custom' || type === undefined ? name : type
  if (list === 'messages') return text(item['role'])
  if (type === undefined || type === 'message') return list === 'output' ? type : text(item['role'])
  return CALL_TYPES.has(type) ? name && `${type} ${name}` : type
}

/** Lists whose length programs rely on. */
const COUNTED: ReadonlySet<string> = new Set([
  'choices',
  'content',
  'embedding',
  'functions',
  'input',
  'messages',
  'output',
  'results',
  'tool_calls',
  'tools',
])

export function isCounted(keys: readonly string[]): boolean {
  return COUNTED.has(keys.at(-1) ?? '') && !keys.includes('logprobs')
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
