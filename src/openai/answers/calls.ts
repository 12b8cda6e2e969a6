import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import type { ToolCall, AnswerPart } from '../../api/answer.ts'
import { objectsIn } from '../../json/access.ts'

/** The calls that a client has to answer: of a completion, a Response, a run. */
export function callsIn(parts: readonly AnswerPart[]): readonly ToolCall[] {
  for (const { json, items } of parts) {
    const documents = Array.isArray(json) ? objectsIn(json) : isJsonObject(json) ? [json] : []
    const calls = [...items.flatMap(callsOf), ...documents.flatMap(requiredBy)]
    if (calls.length > 0) return calls
  }
  return []
}

function callsOf(item: JsonObject): ToolCall[] {
  const calls = objectsIn(item['tool_calls']).map(callOf)
  const { function_call: old, type } = item
  if (isJsonObject(old))
    calls.push({ id: undefined, name: String(old['name']), arguments: argumentsOf(old['arguments']) })
  if (typeof type === 'string' && (ANSWERED.has(type) || type === 'mcp_approval_request'))
    calls.push(callOf(item))
  return calls
}

/** Output items that a client answers. The API answers the others itself. */
const ANSWERED: ReadonlySet<string> = new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
])

function requiredBy({ required_action: action }: JsonObject): ToolCall[] {
  const outputs = isJsonObject(action) ? action['submit_tool_outputs'] : undefined
  return isJsonObject(outputs) ? objectsIn(outputs['tool_calls']).map(callOf) : []
}

/** The arguments of some calls are all that remains without the name, the state and what the API adds. */
function callOf(call: JsonObject): ToolCall {
  const { id, call_id: callId, type, name, status: _, pending_safety_checks: __, ...rest } = call
  const inner = isJsonObject(call['function'])
    ? call['function']
    : isJsonObject(call['custom'])
      ? call['custom']
      : {}
  const toolName = inner['name'] ?? name ?? type
  const given = inner['arguments'] ?? inner['input'] ?? call['arguments'] ?? call['input']
  return {
    id: text(callId) ?? text(id),
    name: String(toolName),
    arguments: given === undefined ? rest : argumentsOf(given),
  }
}

/** As a value, so that white space does not count. */
function argumentsOf(given: Json | undefined): Json {
  return (typeof given === 'string' ? parseJson(given) : undefined) ?? given ?? null
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
