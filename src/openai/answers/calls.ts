import type { AnswerDocument, ToolCall } from '../../api/answer.ts'
import { asObjects, asText, nonEmptyText, objectsIn } from '../../json/access.ts'
import { isJsonObject, type JsonObject, jsonText, parseJson } from '../../json/json.ts'

/** The calls in a completion, a Response or a run that the client has to answer. */
export function callsToAnswer(documents: readonly AnswerDocument[]): readonly ToolCall[] {
  for (const { json, items } of documents) {
    const calls = [...items.flatMap(callsIn), ...asObjects(json).flatMap(requiredBy)]
    const clientCalls = calls.filter(({ answeredBy }) => answeredBy === 'client')
    if (clientCalls.length > 0) return clientCalls
  }
  return []
}

/** The calls of a message, or the output item itself if it is a call. */
export function callsIn(item: JsonObject): readonly ToolCall[] {
  const calls = objectsIn(item['tool_calls']).map(callOf)
  const { function_call: legacyCall, type, name } = item
  if (isJsonObject(legacyCall)) calls.push({ ...callOf({ ...legacyCall, type: 'function' }), id: undefined })
  if (typeof type !== 'string' || type === 'function') return calls
  const isCall = type.endsWith('_call') && (name !== undefined || ANSWERED_BY_CLIENT.has(type))
  return isCall || type === 'mcp_approval_request' ? [...calls, callOf(item)] : calls
}

/** Output items that the client has to answer. */
const ANSWERED_BY_CLIENT: ReadonlySet<string> = new Set([
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

/** Calls without `arguments` or `input` spread their input over the other members. */
function callOf(call: JsonObject): ToolCall {
  const { id, call_id: callId, type, name, status: _, pending_safety_checks: __, ...rest } = call
  const inner = [call['function'], call['custom']].find(isJsonObject) ?? {}
  const given = inner['arguments'] ?? inner['input'] ?? call['arguments'] ?? call['input'] ?? rest
  const isApiCall = typeof type === 'string' && type.endsWith('_call') && !ANSWERED_BY_CLIENT.has(type)
  return {
    id: nonEmptyText(callId) ?? nonEmptyText(id),
    name: asText(inner['name'] ?? name ?? type),
    input: typeof given === 'string' ? given : jsonText(given),
    arguments: (typeof given === 'string' ? parseJson(given) : undefined) ?? given,
    answeredBy: isApiCall ? 'API' : 'client',
  }
}
