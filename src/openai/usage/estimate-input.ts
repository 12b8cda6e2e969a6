import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject, jsonText, parseJson } from '../../json/json.ts'
import type { AnswerOutput, ToolCall } from '../../api/answer.ts'
import type { CountedText, Encoding, EstimateInput } from '../../api/usage.ts'
import { callsIn } from '../answers/outputs.ts'
import { readAnswer } from '../answers/read-answer.ts'
import { offList } from './off-list.ts'
import { toolsText } from './tools-text.ts'
import { asObject, asList } from '../../json/access.ts'

/**
 * The texts of a chat completion or a legacy completion, for an estimate of its usage. Undefined for all other
 * endpoints, for models with an unknown vocabulary, and for content other than text, such as images or audio.
 * @param model the model that responded
 */
export function estimateInput(
  request: RecordedRequest,
  response: RecordedResponse,
  model: string | undefined,
): EstimateInput | undefined {
  const { path } = splitTarget(request.path)
  const encoding = model === undefined ? undefined : encodingOf(model)
  const json = asObject(request.body.kind === 'json' ? parseJson(request.body.text) : undefined)
  if (model === undefined || encoding === undefined || usesMoreThanText(json, model)) return undefined
  const choices = path.endsWith('/completions')
    ? readAnswer(response).outputs.filter(({ choice }) => choice !== undefined)
    : []
  const input = path.endsWith('/chat/completions') ? chatInput(json, model) : promptInput(json)
  if (choices.length === 0 || input === undefined) return undefined
  const why = offList({ model }, json)
  return {
    encoding,
    input,
    ...(showsAllOutput(json, model) &&
      response.truncated !== true && {
        output: sumOf(choices.map((choice) => outputOf(choice, forcedName(json)))),
      }),
    ...(why !== undefined && { offList: why }),
  }
}

function usesMoreThanText({ modalities, web_search_options: search }: JsonObject, model: string): boolean {
  return (
    asList(modalities).some((each) => each !== 'text') ||
    isJsonObject(search) ||
    /-(?:search|audio)-/.test(model)
  )
}

/** Whether the response contains all billed output. */
function showsAllOutput(
  { reasoning_effort: effort, prediction, best_of: drafts, n }: JsonObject,
  model: string,
): boolean {
  const hidesReasoning = isReasoningModel(model) && effort !== 'none'
  return !hidesReasoning && !isJsonObject(prediction) && (drafts === undefined || drafts === (n ?? 1))
}

/** Tokens per message in addition to its text (OpenAI's cookbook, How to count tokens with tiktoken). */
const MESSAGE_OVERHEAD = 3
const ANSWER_OVERHEAD = 3

function chatInput(json: JsonObject, model: string): CountedText | undefined {
  const messages = asList(json['messages']).map((each) => messageInput(asObject(each)))
  const known = messages.filter((each) => each !== undefined)
  if (messages.length === 0 || known.length < messages.length) return undefined
  return sumOf([
    ...known,
    toolsInput(json, model),
    formatInput(json),
    { texts: [], overhead: ANSWER_OVERHEAD },
  ])
}

function messageInput(message: JsonObject): CountedText | undefined {
  const texts = textsOf(message['content'])
  if (texts === undefined) return undefined
  const { role, name, refusal } = message
  const words = [role, name, refusal].filter((each) => typeof each === 'string')
  const overhead = MESSAGE_OVERHEAD + (typeof name === 'string' ? 1 : 0)
  return sumOf([{ texts: [...words, ...texts], overhead }, countedCalls(callsIn(message))])
}

/** Undefined if a part is not text. */
function textsOf(content: Json | undefined): readonly string[] | undefined {
  if (typeof content === 'string') return [content]
  const parts = asList(content).map((part) => asObject(part)['text'] ?? asObject(part)['refusal'])
  return parts.every((part) => typeof part === 'string') ? parts : undefined
}

/** In tokens. Measured on real exchanges, like the three constants below. */
const CALL_OVERHEAD = 7

/** Parallel calls are encoded as one call, of a function that wraps them. */
function countedCalls(calls: readonly ToolCall[]): CountedText {
  if (calls.length === 0) return { texts: [], overhead: 0 }
  const uses = calls.map(({ name, input }) => `{"recipient_name":"functions.${name}","parameters":${input}}`)
  const [first] = calls as readonly [ToolCall]
  const texts =
    calls.length === 1
      ? [first.name, first.input]
      : ['multi_tool_use.parallel', `{"tool_uses":[${uses.join(',')}]}`]
  return { texts, overhead: CALL_OVERHEAD }
}

const TOOLS_OVERHEAD = 9
/** Tools and a system message share one message, which saves tokens. */
const SHARED_MESSAGE_SAVING = -4
/** GPT-5 gets longer instructions for tool calls. */
const GPT_5_TOOLS_OVERHEAD = 80

function toolsInput(json: JsonObject, model: string): CountedText {
  const tools = [
    ...asList(json['tools']).map((tool) => asObject(tool)['function']),
    ...asList(json['functions']),
  ]
  const functions = tools.filter(isJsonObject)
  if (functions.length === 0) return { texts: [], overhead: 0 }
  const forced = forcedName(json)
  const overhead =
    TOOLS_OVERHEAD +
    (asList(json['messages']).some((each) => asObject(each)['role'] === 'system')
      ? SHARED_MESSAGE_SAVING
      : 0) +
    (/^(?:openai\/)?gpt-5/.test(model) ? GPT_5_TOOLS_OVERHEAD : 0) +
    (forced === undefined ? 0 : CALL_OVERHEAD)
  return { texts: [toolsText(functions), ...(forced === undefined ? [] : [forced])], overhead }
}

/** The function that the request forces the model to call. Its name counts as input instead of output. */
function forcedName(json: JsonObject): string | undefined {
  const { name } = {
    ...asObject(json['function_call']),
    ...asObject(asObject(json['tool_choice'])['function']),
  } as JsonObject
  return typeof name === 'string' ? name : undefined
}

function formatInput(json: JsonObject): CountedText {
  const { schema } = asObject(asObject(json['response_format'])['json_schema'])
  return { texts: isJsonObject(schema) ? [jsonText(schema)] : [], overhead: 0 }
}

function promptInput({ prompt, echo, suffix }: JsonObject): CountedText | undefined {
  if (echo === true || typeof suffix === 'string') return undefined
  const texts = typeof prompt === 'string' ? [prompt] : asList(prompt)
  return texts.length > 0 && texts.every((each) => typeof each === 'string')
    ? { texts, overhead: 0 }
    : undefined
}

function outputOf({ texts, calls }: AnswerOutput, forced: string | undefined): CountedText {
  const written = texts.map(({ text }) => text)
  const [call] = calls
  if (calls.length === 1 && call?.name === forced)
    return { texts: [...written, call?.input ?? ''], overhead: 0 }
  return sumOf([{ texts: written, overhead: 0 }, countedCalls(calls)])
}

function sumOf(all: readonly CountedText[]): CountedText {
  return {
    texts: all.flatMap(({ texts }) => texts),
    overhead: all.reduce((sum, { overhead }) => sum + overhead, 0),
  }
}

/** By model; the first match applies. From OpenAI's tiktoken. */
const ENCODINGS: readonly (readonly [RegExp, Encoding])[] = [
  [/^(?:gpt-4o|chatgpt-4o|gpt-4\.\d|gpt-5|o\d|codex-mini)(?![a-z\d])/, 'o200k_base'],
  [/^(?:gpt-4|gpt-3\.5-turbo|gpt-35-turbo|davinci-002|babbage-002)(?![a-z\d])/, 'cl100k_base'],
]

/** The encoding of a model; undefined for unknown models and models of other providers. */
export function encodingOf(model: string): Encoding | undefined {
  // Gateways add the provider as a prefix. A fine-tuned model has the encoding of its base model.
  const plain = model.replace(/^openai\//, '').replace(/^ft:/, '')
  return ENCODINGS.find(([pattern]) => pattern.test(plain))?.[1]
}

/** Whether a model reasons before it responds. Reasoning is billed as output but is not part of the response. */
export function isReasoningModel(model: string): boolean {
  return /^(?:openai\/)?(?:ft:)?(?:o\d|gpt-5(?!-chat)|codex-mini)/.test(model)
}
