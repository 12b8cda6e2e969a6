import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import type { AnswerResult } from '../../api/answer.ts'
import type { UsageSighting, Use } from '../../api/usage.ts'
import { readAnswer } from '../answers/read-answer.ts'
import { mayCallModel, modelInQuery, modelNamed } from './model-called.ts'
import { offList, typesOf } from './off-list.ts'
import { count, usageFrom } from '../answers/tokens.ts'
import { estimateInput } from './estimate-input.ts'
import { asList, asObject, nonEmptyText } from '../../json/access.ts'

/** What a response shows of the use of models: several sightings for a list, none where no model was called. */
export function usageSightings(
  request: RecordedRequest,
  response: RecordedResponse,
): readonly UsageSighting[] {
  const { form, results } = readAnswer(response)
  // Each response over a WebSocket counts as one to a request of its own, and so does each transcription.
  if (form === 'a conversation')
    return results.flatMap((each) => reported(each, modelInQuery(request.path), true))
  if (response.status < 200 || response.status > 299) return []
  const json = asObject(request.body.kind === 'json' ? parseJson(request.body.text) : undefined)
  const [made] = results
  const { path } = splitTarget(request.path)
  if (request.method !== 'POST' || isAbout(path, made))
    return results.flatMap((each) => (each.id === undefined ? [] : reported(each, undefined, false)))
  const named = { ...NOTHING, ...made, model: made?.model ?? modelNamed(request, json) }
  const uses = usesOf(named, json)
  if (uses !== undefined) return [{ begins: true, ...identified(named), uses }]
  if (!mayCallModel(path)) return []
  const input = estimateInput(request, response, named.model)
  return [{ begins: true, ...identified(named), ...(input && { estimateInput: input }) }]
}

const NOTHING: AnswerResult = { id: undefined, model: undefined, usage: undefined, json: {} }

/** The use that a result reports, without its request. */
function reported(
  result: AnswerResult,
  requested: string | undefined,
  begins: boolean,
): readonly UsageSighting[] {
  const named = { ...result, model: result.model ?? requested }
  const uses = usesOf(named, {})
  return uses === undefined ? [] : [{ begins, ...identified(named), uses }]
}

/** Whether a request is about an existing thing, whose id stands in the path. */
function isAbout(path: string, made: AnswerResult | undefined): boolean {
  return made?.id !== undefined && path.split('/').includes(made.id)
}

function identified({ id, model }: AnswerResult): Pick<UsageSighting, 'object' | 'model'> {
  return { ...(id !== undefined && { object: id }), ...(model !== undefined && { model }) }
}

/** By model: most requests use one, and some tools of Responses others besides. */
function usesOf({ model, usage, json: made }: AnswerResult, request: JsonObject): Use[] | undefined {
  const why = offList(made, request)
  const uses = [
    ...(usage === undefined
      ? []
      : [
          {
            ...(model && { model }),
            ...usage,
            ...searches(made),
            ...(why !== undefined && { offList: why }),
          },
        ]),
    ...imageUse(made),
    ...trainingUse(made, model),
    ...asList(made['per_model_usage']).flatMap(evalUse),
    ...[made, ...asList(made['output'])].flatMap((each) => svgUse(asObject(each)['svg_usage'])),
  ]
  return uses.length === 0 ? undefined : uses
}

function searches(made: JsonObject): Pick<Use, 'webSearches' | 'fileSearches'> {
  const web = count(asObject(asObject(made['tool_usage'])['web_search'])['num_requests']) ?? 0
  const files = typesOf(made['output']).filter((type) => type === 'file_search_call').length
  return { ...(web > 0 && { webSearches: web }), ...(files > 0 && { fileSearches: files }) }
}

/** The usage of the image tool's model, which the Response's own usage leaves out. */
function imageUse(made: JsonObject): Use[] {
  const use = usageFrom(asObject(made['tool_usage'])['image_gen'])
  if (use === undefined || (use.tokens.input === 0 && use.tokens.output === 0)) return []
  const tool = asList(made['tools']).find((each) => asObject(each)['type'] === 'image_generation')
  const model = nonEmptyText(asObject(tool)['model'])
  return [{ ...(model && { model }), ...use }]
}

/** Null until a fine-tuning job is done. */
function trainingUse(
  { object: kind, trained_tokens: trained }: JsonObject,
  model: string | undefined,
): Use[] {
  const training = kind === 'fine_tuning.job' ? count(trained) : undefined
  return training === undefined
    ? []
    : [{ ...(model && { model }), tokens: { training }, offList: 'fine-tuning' }]
}

/** A run of an eval lists the usage of each model, of those that answered and of those that graded. */
function evalUse(usage: Json): Use[] {
  const use = usageFrom(usage)
  const model = nonEmptyText(asObject(usage)['model_name'])
  return use === undefined ? [] : [{ ...(model && { model }), ...use, offList: 'an eval' }]
}

function svgUse(usage: Json | undefined): Use[] {
  const use = usageFrom(usage)
  if (use === undefined || !isJsonObject(usage)) return []
  const reasoning = count(usage['reasoning_tokens'])
  const model = nonEmptyText(usage['model'])
  return [
    { ...(model && { model }), tokens: { ...use.tokens, ...(reasoning !== undefined && { reasoning }) } },
  ]
}
