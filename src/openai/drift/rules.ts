import type { Rule } from '../../api/drift.ts'
import type { Json, JsonObject } from '../../json/json.ts'
import { object } from '../usage/tokens.ts'

/** Padding: as much of it as makes all events equally long. */
const OMITTED: ReadonlySet<string> = new Set(['obfuscation'])

/** Ids, times, and where something stands among others. */
const VOLATILE =
  /(?:^|_)ids?$|[a-z]I[Dd]$|_at$|_index$|_fingerprint$|^(?:created|create_time|encrypted_content|endTime|end_time|index|nonce|prompt_cache_key|queue_time|sequence_number|signature|startTime|start_time)$|^(?:completion|prompt|total)_time$/

/** What is left of a limit. */
const LEFT: ReadonlySet<string> = new Set(['remaining', 'reset_seconds'])

/** Words that a program branches on. */
const CLOSED: ReadonlySet<string> = new Set([
  'background',
  'channel',
  'detail',
  'effort',
  'encoding_format',
  'event',
  'execution',
  'finish_reason',
  'format',
  'language',
  'mode',
  'modalities',
  'model',
  'moderation',
  'name',
  'native_finish_reason',
  'object',
  'output_format',
  'output_modalities',
  'param',
  'phase',
  'prompt_cache_retention',
  'purpose',
  'quality',
  'reason',
  'response_format',
  'role',
  'service_tier',
  'severity',
  'size',
  'source',
  'status',
  'stop_reason',
  'syntax',
  'tool_choice',
  'truncation',
  'type',
  'verbosity',
  'voice',
])

/** Schemas of a user's own: their names mean nothing to us, and all in them counts but what explains. */
const SCHEMAS: ReadonlySet<string> = new Set(['input_schema', 'parameters', 'schema'])

/** How a value under these names is compared. */
export function ruleOf(keys: readonly string[]): Rule {
  const names = keys.filter((key) => key !== '[]')
  const [name = '', parent = ''] = [names.at(-1), names.at(-2)]
  if (keys.some((key, i) => i < keys.length - 1 && SCHEMAS.has(key)))
    return name === 'description' ? 'words' : 'closed'
  if (parent === 'metadata') return 'words'
  if (parent === 'rate_limits') return LEFT.has(name) ? 'volatile' : ruleOf([name])
  if (OMITTED.has(name)) return 'omitted'
  if (VOLATILE.test(name)) return 'volatile'
  if (name === 'arguments') return 'arguments'
  // What a custom tool is called with is a text of its own.
  if (name === 'input' && (parent === 'custom' || parent === 'output' || parent === 'input'))
    return 'arguments'
  // Legacy completions: the tokens are the names.
  if (name === 'top_logprobs' && parent === 'logprobs' && keys.at(-1) === '[]') return 'whole'
  // Elsewhere it is a program.
  if (name === 'code')
    return parent === 'error' || parent === 'last_error' || parent === 'close' ? 'closed' : 'words'
  return CLOSED.has(name) ? 'closed' : 'words'
}

const CALLS: ReadonlySet<string> = new Set([
  'custom_tool_call',
  'function',
  'function_call',
  'mcp_call',
  'custom',
])

/** What an item of a list is, where it says so: its type, who says it, the tool that it calls. */
export function nameOf(item: JsonObject, keys: readonly string[]): string | undefined {
  const list = keys.findLast((key) => key !== '[]')
  const type = text(item['type'])
  const name =
    text(object(item['function'])['name']) ?? text(object(item['custom'])['name']) ?? text(item['name'])
  if (list === 'tool_calls') return name
  if (list === 'tools') return type === 'function' || type === 'custom' || type === undefined ? name : type
  if (list === 'messages') return text(item['role'])
  if (type === undefined || type === 'message') return list === 'output' ? type : text(item['role'])
  return CALLS.has(type) ? name && `${type} ${name}` : type
}

/** Lists whose length a program may well rely on. */
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

/** Whether another number of items in the list under these names is another kind. */
export function isCounted(keys: readonly string[]): boolean {
  return COUNTED.has(keys.at(-1) ?? '') && !keys.includes('logprobs')
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
