import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject, jsonText, parseJson } from '../../json/json.ts'
import type { EstimateInput, CountedText } from '../../api/usage.ts'
import { type Call, callsOf, type Choice, choicesOf } from './choices.ts'
import { encodingOf, reasons } from './encoding.ts'
import { list, offList } from './off-list.ts'
import { object } from './tokens.ts'
import { toolsText } from './tools-text.ts'

/**
 * What was said in a chat or a legacy completion, for an estimate of what it used; undefined for all
 * else, for models whose vocabulary nobody knows, and where more was said than text: pictures, sound.
 * @param model the one that answered
 */
export function said(
  request: RecordedRequest,
  { body, truncated }: RecordedResponse,
  model: string | undefined,
): EstimateInput | undefined {
  const { path } = splitTarget(request.path)
  const encoding = model === undefined ? undefined : encodingOf(model)
  const json = object(request.body.kind === 'json' ? parseJson(request.body.text) : undefined)
  if (model === undefined || encoding === undefined || isMoreThanText(json, model)) return undefined
  const choices = path.endsWith('/completions') ? choicesOf(body) : undefined
  const input = path.endsWith('/chat/completions') ? chatInput(json, model) : promptInput(json)
  if (choices === undefined || input === undefined) return undefined
  const why = offList({ model }, json)
  return {
    encoding,
    input,
    ...(isAllSaid(json, model) &&
      truncated !== true && {
        output: sumOf(choices.map((choice) => outputOf(choice, forcedName(json)))),
      }),
    ...(why !== undefined && { offList: why }),
  }
}

function isMoreThanText({ modalities, web_search_options: search }: JsonObject, model: string): boolean {
  return (
    list(modalities).some((each) => each !== 'text') ||
    isJsonObject(search) ||
    /-(?:search|audio)-/.test(model)
  )
}

/** Whether the output that is shown is all that is billed. */
function isAllSaid(
  { reasoning_effort: effort, prediction, best_of: drafts, n }: JsonObject,
  model: string,
): boolean {
  const isThinking = reasons(model) && effort !== 'none'
  return !isThinking && !isJsonObject(prediction) && (drafts === undefined || drafts === (n ?? 1))
}

/** What a message costs besides its words, as OpenAI's cookbook has it (How to count tokens with tiktoken). */
const AROUND_MESSAGE = 3
const AROUND_ANSWER = 3

function chatInput(json: JsonObject, model: string): CountedText | undefined {
  const messages = list(json['messages']).map((each) => messageInput(object(each)))
  const known = messages.filter((each) => each !== undefined)
  if (messages.length === 0 || known.length < messages.length) return undefined
  return sumOf([...known, toolsInput(json, model), formatInput(json), { texts: [], overhead: AROUND_ANSWER }])
}

function messageInput(message: JsonObject): CountedText | undefined {
  const texts = textsOf(message['content'])
  if (texts === undefined) return undefined
  const { role, name, refusal } = message
  const told = [role, name, refusal].filter((each) => typeof each === 'string')
  const around = AROUND_MESSAGE + (typeof name === 'string' ? 1 : 0)
  return sumOf([{ texts: [...told, ...texts], overhead: around }, callsIn(callsOf(message))])
}

/** Undefined where a part is no text. */
function textsOf(content: Json | undefined): readonly string[] | undefined {
  if (typeof content === 'string') return [content]
  const parts = list(content).map((part) => object(part)['text'] ?? object(part)['refusal'])
  return parts.every((part) => typeof part === 'string') ? parts : undefined
}

/** Measured on real exchanges, as the two below. */
const AROUND_CALL = 7

/** Several calls at once are one, of a function that calls them. */
function callsIn(calls: readonly Call[]): CountedText {
  if (calls.length === 0) return { texts: [], overhead: 0 }
  const uses = calls.map(
    (call) => `{"recipient_name":"functions.${call.name}","parameters":${call.arguments}}`,
  )
  const [first] = calls as [Call]
  const texts =
    calls.length === 1
      ? [first.name, first.arguments]
      : ['multi_tool_use.parallel', `{"tool_uses":[${uses.join(',')}]}`]
  return { texts, overhead: AROUND_CALL }
}

const AROUND_TOOLS = 9
/** What a system message spares, as both stand in one. */
const TOOLS_BESIDE_SYSTEM = -4
/** GPT-5 is told more of how to call. */
const TOOLS_OF_GPT_5 = 80

function toolsInput(json: JsonObject, model: string): CountedText {
  const tools = [...list(json['tools']).map((tool) => object(tool)['function']), ...list(json['functions'])]
  const functions = tools.filter(isJsonObject)
  if (functions.length === 0) return { texts: [], overhead: 0 }
  const forced = forcedName(json)
  const around =
    AROUND_TOOLS +
    (list(json['messages']).some((each) => object(each)['role'] === 'system') ? TOOLS_BESIDE_SYSTEM : 0) +
    (/^(?:openai\/)?gpt-5/.test(model) ? TOOLS_OF_GPT_5 : 0) +
    (forced === undefined ? 0 : AROUND_CALL)
  return { texts: [toolsText(functions), ...(forced === undefined ? [] : [forced])], overhead: around }
}

/** The function that must be called: its name is said for the model then, and not by it. */
function forcedName(json: JsonObject): string | undefined {
  const { name } = {
    ...object(json['function_call']),
    ...object(object(json['tool_choice'])['function']),
  } as JsonObject
  return typeof name === 'string' ? name : undefined
}

function formatInput(json: JsonObject): CountedText {
  const { schema } = object(object(json['response_format'])['json_schema'])
  return { texts: isJsonObject(schema) ? [jsonText(schema)] : [], overhead: 0 }
}

function promptInput({ prompt, echo, suffix }: JsonObject): CountedText | undefined {
  if (echo === true || typeof suffix === 'string') return undefined
  const texts = typeof prompt === 'string' ? [prompt] : list(prompt)
  return texts.length > 0 && texts.every((each) => typeof each === 'string')
    ? { texts, overhead: 0 }
    : undefined
}

function outputOf({ texts, calls }: Choice, forced: string | undefined): CountedText {
  const [call] = calls
  if (calls.length === 1 && call?.name === forced)
    return { texts: [...texts, call?.arguments ?? ''], overhead: 0 }
  return sumOf([{ texts, overhead: 0 }, callsIn(calls)])
}

function sumOf(all: readonly CountedText[]): CountedText {
  return {
    texts: all.flatMap(({ texts }) => texts),
    overhead: all.reduce((sum, { overhead }) => sum + overhead, 0),
  }
}
