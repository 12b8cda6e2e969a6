import type { FramesBody, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import type { UsageSighting, Use } from '../../api/usage.ts'
import { eventsOf } from './conversation.ts'
import { mayCallModel, modelNamed } from './model-called.ts'
import { offList, typesOf } from './off-list.ts'
import { count, usageFrom } from '../answers/tokens.ts'
import { estimateInput } from './estimate-input.ts'
import { answerObjects } from './answer-objects.ts'
import { asList, asObject, nonEmptyText } from '../../json/access.ts'

/** What a response shows of the use of models: several sightings for a list, none where no model was called. */
export function usageSightings(
  request: RecordedRequest,
  response: RecordedResponse,
): readonly UsageSighting[] {
  if (response.body.kind === 'frames') return socketSightings(request, response.body)
  if (response.status < 200 || response.status > 299) return []
  const { objects, model: answering } = answerObjects(response.body)
  const json = asObject(request.body.kind === 'json' ? parseJson(request.body.text) : undefined)
  const model = answering ?? modelNamed(request, json)
  const { path } = splitTarget(request.path)
  const made = objects[0] ?? {}
  if (request.method === 'POST' && !isAbout(path, made)) {
    const uses = usesOf(made, json, model)
    if (uses !== undefined) return [{ begins: true, ...identified(made, model), uses }]
    if (!mayCallModel(path)) return []
    const input = estimateInput(request, response, model)
    return [{ begins: true, ...identified(made, model), ...(input && { estimateInput: input }) }]
  }
  return objects.flatMap((each) => {
    const uses = typeof each['id'] === 'string' ? usesOf(each, {}, answering) : undefined
    return uses === undefined ? [] : [{ begins: false, ...identified(each, answering), uses }]
  })
}

/** Over a WebSocket each response counts as one to a request of its own, and so does each transcription. */
function socketSightings({ path }: RecordedRequest, body: FramesBody): UsageSighting[] {
  const model = new URLSearchParams(splitTarget(path).query).get('model') ?? undefined
  return [...eventsOf(body, model)].flatMap(({ event, ...models }) => {
    const made = asObject(event['response'])
    if (/^response\.(?:completed|incomplete|failed)$/.test(String(event['type']))) {
      const uses = usesOf(made, {}, nonEmptyText(made['model']))
      return uses === undefined
        ? []
        : [{ begins: true, ...identified(made, nonEmptyText(made['model'])), uses }]
    }
    const use = realtimeUse(event)
    if (use === undefined) return []
    const isAnswer = event['type'] === 'response.done'
    const named = isAnswer ? models.model : models.transcriber
    const of = isAnswer ? made : { id: event['event_id'] ?? '' }
    return [{ begins: true, ...identified(of, named), uses: [{ ...(named && { model: named }), ...use }] }]
  })
}

/** The usage in an event of a Realtime session: of a response, or of a transcription. */
export function realtimeUse(event: JsonObject): Use | undefined {
  switch (event['type']) {
    case 'response.done':
      return usageFrom(asObject(event['response'])['usage'])
    case 'conversation.item.input_audio_transcription.completed':
      return usageFrom(event['usage'])
    default:
      return undefined
  }
}

/** Whether a request is about an existing thing, whose id stands in the path. */
function isAbout(path: string, { id }: JsonObject): boolean {
  return typeof id === 'string' && id !== '' && path.split('/').includes(id)
}

function identified({ id }: JsonObject, model: string | undefined): Pick<UsageSighting, 'object' | 'model'> {
  return {
    ...(typeof id === 'string' && id !== '' ? { object: id } : {}),
    ...(model === undefined ? {} : { model }),
  }
}

/** By model: most requests use one, and some tools of Responses others besides. */
function usesOf(made: JsonObject, request: JsonObject, requested: string | undefined): Use[] | undefined {
  const use = isUnfinished(made) ? undefined : usageFrom(made['usage'] ?? asObject(made['x_groq'])['usage'])
  const model = nonEmptyText(made['model']) ?? requested
  const why = offList(made, request)
  const uses = [
    ...(use === undefined
      ? []
      : [{ ...(model && { model }), ...use, ...searches(made), ...(why !== undefined && { offList: why }) }]),
    ...imageUse(made),
    ...trainingUse(made, model),
    ...asList(made['per_model_usage']).flatMap(evalUse),
    ...[made, ...asList(made['output'])].flatMap((each) => svgUse(asObject(each)['svg_usage'])),
  ]
  return uses.length === 0 ? undefined : uses
}

/** What goes on after its request has no usage, or zeros, until it is done. */
function isUnfinished({ object: kind, status }: JsonObject): boolean {
  return (kind === 'batch' || kind === 'response' || kind === 'thread.run') && UNFINISHED.has(String(status))
}

const UNFINISHED: ReadonlySet<string> = new Set([
  'validating',
  'queued',
  'in_progress',
  'requires_action',
  'finalizing',
  'cancelling',
])

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
