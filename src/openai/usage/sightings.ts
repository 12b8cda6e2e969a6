import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { type Json, type JsonObject, parseJson } from '../../json/json.ts'
import type { AnswerResult } from '../../api/answer.ts'
import type { UsageSighting, Use } from '../../api/usage.ts'
import { readAnswer } from '../answers/read-answer.ts'
import { mayCallModel, modelInQuery, modelNamed } from './model-called.ts'
import { offList, typesOf } from './off-list.ts'
import { count, usageFrom } from '../answers/tokens.ts'
import { estimateInput } from './estimate-input.ts'
import { asList, asObject, nonEmptyText } from '../../json/access.ts'

/** The model usage that a response reports: several sightings for a list, none if no model was called. */
export function usageSightings(
  request: RecordedRequest,
  response: RecordedResponse,
): readonly UsageSighting[] {
  const { form, results } = readAnswer(response)
  // Each response and each transcription over a WebSocket counts as the response to a separate request.
  if (form === 'a conversation')
    return results.flatMap((each) => reported(each, modelInQuery(request.path), true))
  if (response.status < 200 || response.status > 299) return []
  const json = asObject(request.body.kind === 'json' ? parseJson(request.body.text) : undefined)
  const [result] = results
  const { path } = splitTarget(request.path)
  if (request.method !== 'POST' || concernsExisting(path, result))
    return results.flatMap((each) => (each.id === undefined ? [] : reported(each, undefined, false)))
  const named = { ...EMPTY_RESULT, ...result, model: result?.model ?? modelNamed(request, json) }
  const uses = usesOf(named, json)
  if (uses !== undefined) return [{ begins: true, ...identified(named), uses }]
  if (!mayCallModel(path)) return []
  const input = estimateInput(request, response, named.model)
  return [{ begins: true, ...identified(named), ...(input && { estimateInput: input }) }]
}

const EMPTY_RESULT: AnswerResult = { id: undefined, model: undefined, usage: undefined, json: {} }

/** The usage in a result whose request is unknown. */
function reported(
  result: AnswerResult,
  requested: string | undefined,
  begins: boolean,
): readonly UsageSighting[] {
  const named = { ...result, model: result.model ?? requested }
  const uses = usesOf(named, {})
  return uses === undefined ? [] : [{ begins, ...identified(named), uses }]
}

/** Whether a request concerns an existing object, whose id is in the path. */
function concernsExisting(path: string, result: AnswerResult | undefined): boolean {
  return result?.id !== undefined && path.split('/').includes(result.id)
}

function identified({ id, model }: AnswerResult): Pick<UsageSighting, 'object' | 'model'> {
  return { ...(id !== undefined && { object: id }), ...(model !== undefined && { model }) }
}

/** The usage of each model. Most requests use one model, but some tools of the Responses API use others as well. */
function usesOf({ model, usage, json: result }: AnswerResult, request: JsonObject): Use[] | undefined {
  const why = offList(result, request)
  const uses = [
    ...useOf(model, usage, { ...searches(result), ...(why !== undefined && { offList: why }) }),
    ...imageUse(result),
    ...trainingUse(result, model),
    ...asList(result['per_model_usage']).flatMap(evalUse),
    ...[result, ...asList(result['output'])].flatMap((each) => svgUse(asObject(each)['svg_usage'])),
  ]
  return uses.length === 0 ? undefined : uses
}

function useOf(model: string | undefined, use: Use | undefined, more: Partial<Use> = {}): Use[] {
  return use === undefined ? [] : [{ ...(model !== undefined && { model }), ...use, ...more }]
}

function searches(result: JsonObject): Pick<Use, 'webSearches' | 'fileSearches'> {
  const web = count(asObject(asObject(result['tool_usage'])['web_search'])['num_requests']) ?? 0
  const files = typesOf(result['output']).filter((type) => type === 'file_search_call').length
  return { ...(web > 0 && { webSearches: web }), ...(files > 0 && { fileSearches: files }) }
}

/** The usage of the image tool's model, which the Response's `usage` does not include. */
function imageUse(result: JsonObject): Use[] {
  const use = usageFrom(asObject(result['tool_usage'])['image_gen'])
  if (use === undefined || (use.tokens.input === 0 && use.tokens.output === 0)) return []
  const tool = asList(result['tools']).find((each) => asObject(each)['type'] === 'image_generation')
  return useOf(nonEmptyText(asObject(tool)['model']), use)
}

/** `trained_tokens` is null until the fine-tuning job is done. */
function trainingUse({ object, trained_tokens: trained }: JsonObject, model: string | undefined): Use[] {
  const training = object === 'fine_tuning.job' ? count(trained) : undefined
  return useOf(model, training === undefined ? undefined : { tokens: { training }, offList: 'fine-tuning' })
}

/** An eval run lists the usage of each model, including the models that graded. */
function evalUse(usage: Json): Use[] {
  return useOf(nonEmptyText(asObject(usage)['model_name']), usageFrom(usage), { offList: 'an eval' })
}

function svgUse(usage: Json | undefined): Use[] {
  const use = usageFrom(usage)
  const reasoning = count(asObject(usage)['reasoning_tokens'])
  const tokens = { ...use?.tokens, ...(reasoning !== undefined && { reasoning }) }
  return useOf(nonEmptyText(asObject(usage)['model']), use && { ...use, tokens })
}
