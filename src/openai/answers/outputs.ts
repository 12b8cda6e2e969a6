import type { AnswerDocument, AnswerOutput, OutputText, ToolCall } from '../../api/answer.ts'
import { asList, asObject, asObjects, asText, nonEmptyText, objectsIn } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject, jsonText, parseJson } from '../../json/json.ts'

/** The outputs in a document: one per choice or item, or one for a message or a transcription. */
export function outputsOf(json: Json): readonly AnswerOutput[] {
  const { choices, output, text, object } = asObject(json)
  if (Array.isArray(choices))
    return objectsIn(choices).map((choice, i) => ({
      choice: typeof choice['index'] === 'number' ? choice['index'] : i,
      ...outputOf({ ...choice, ...messageOf(choice) }),
    }))
  if (Array.isArray(output)) return outputsOfItems(objectsIn(output))
  if (object === 'thread.message' || (object === undefined && typeof text === 'string'))
    return [outputOf(asObject(json))]
  return []
}

export function outputsOfItems(items: readonly JsonObject[]): readonly AnswerOutput[] {
  return items.map(outputOf).filter(({ texts, calls }) => texts.length + calls.length > 0)
}

/** The message of a choice, or the joined deltas of a streamed choice. */
export function messageOf({ message, delta }: JsonObject): JsonObject {
  return { ...asObject(delta), ...asObject(message) }
}

/** The texts and calls in a message or an output item. */
export function outputOf(item: JsonObject): AnswerOutput {
  const texts = new Map<string, OutputText>()
  for (const each of textsIn(item)) {
    // Gateways send the same reasoning under several names.
    const key = each.kind === 'reasoning' ? `reasoning ${each.text}` : String(texts.size)
    if (each.text !== '' && !texts.has(key)) texts.set(key, each)
  }
  return { texts: [...texts.values()], calls: callsIn(item) }
}

function* textsIn(item: JsonObject): Generator<OutputText> {
  for (const [member, value] of Object.entries(item)) {
    if (typeof value === 'string' && TEXT_MEMBERS.test(member)) yield outputText(member, value)
    else if (member === 'code' && typeof value === 'string')
      yield outputText(`${asText(item['type'])}_code`, value)
    else if (member === 'content' || member === 'summary') yield* partsIn(value, member)
    else if (member === 'audio' && isJsonObject(value))
      yield outputText('transcript', asText(value['transcript']))
    else if (member === 'reasoning_details' && !('reasoning' in item) && !('reasoning_content' in item))
      yield outputText('reasoning_details', objectsIn(value).map(textOfPart).join(''))
  }
}

const TEXT_MEMBERS = /^(?:content|text|refusal|reasoning|reasoning_content)$/

/** The texts in the parts of a message, or in the summaries of a reasoning item. */
function* partsIn(list: Json, member: string): Generator<OutputText> {
  for (const part of asList(list)) {
    if (typeof part === 'string') yield outputText(member, part)
    if (!isJsonObject(part)) continue
    const type = asText(part['type']) || member
    const { transcript } = part
    if (typeof transcript === 'string') yield outputText(`${type}_transcript`, transcript)
    else yield outputText(type === 'summary_text' ? 'reasoning_summary_text' : type, textOfPart(part))
  }
}

/** In threads, the text is in an object. Providers that send thoughts have it in a list. */
function textOfPart({ text, refusal, summary, thinking }: JsonObject): string {
  const value = text ?? refusal ?? summary ?? thinking
  if (Array.isArray(value)) return objectsIn(value).map(textOfPart).join('')
  return asText(isJsonObject(value) ? value['value'] : value)
}

function outputText(label: string, text: string): OutputText {
  return { kind: KINDS.find(([, pattern]) => pattern.test(label))?.[0] ?? 'text', label, text }
}

const KINDS: readonly (readonly [OutputText['kind'], RegExp])[] = [
  ['refusal', /refusal/],
  ['reasoning', /reasoning|thinking/],
  ['transcript', /transcript/],
  ['code', /_code$/],
]

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
  if (isJsonObject(legacyCall)) calls.push(callOf({ function: legacyCall }))
  if (typeof type !== 'string' || type === 'function') return calls
  const isCall = type.endsWith('_call') && (name !== undefined || ANSWERED_BY_CLIENT.test(type))
  return isCall || type === 'mcp_approval_request' ? [...calls, callOf(item)] : calls
}

/** Output items that the client has to answer. */
const ANSWERED_BY_CLIENT = /^(?:function|custom_tool|computer|local_shell|shell|apply_patch)_call$/

function requiredBy({ required_action: action }: JsonObject): ToolCall[] {
  const outputs = isJsonObject(action) ? action['submit_tool_outputs'] : undefined
  return isJsonObject(outputs) ? objectsIn(outputs['tool_calls']).map(callOf) : []
}

/** Calls without `arguments` or `input` spread their input over the other members. */
function callOf(call: JsonObject): ToolCall {
  const { id, call_id: callId, type, name, status: _, pending_safety_checks: __, ...rest } = call
  const inner = [call['function'], call['custom']].find(isJsonObject)
  const { arguments: args, input } = inner ?? call
  const given = args ?? input ?? (inner === undefined ? rest : '')
  const isApiCall = typeof type === 'string' && type.endsWith('_call') && !ANSWERED_BY_CLIENT.test(type)
  return {
    id: nonEmptyText(callId) ?? nonEmptyText(id),
    name: asText(inner?.['name'] ?? name ?? type),
    input: typeof given === 'string' ? given : jsonText(given),
    arguments: (typeof given === 'string' ? parseJson(given) : undefined) ?? given,
    answeredBy: isApiCall ? 'API' : 'client',
  }
}
