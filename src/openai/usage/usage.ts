import type { FramesBody, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import type { UsageSighting, Use } from '../../api/usage.ts'
import { eventsOf } from './conversation.ts'
import { modelAsked } from './model-asked.ts'
import { list, offList, typesOf } from './off-list.ts'
import { count, object, toldBy } from './tokens.ts'
import { said } from './said.ts'
import { told } from './told.ts'

/** What an answer shows of the use of models: several things for a list, nothing where no model was asked. */
export function usageSightings(
  request: RecordedRequest,
  response: RecordedResponse,
): readonly UsageSighting[] {
  if (response.body.kind === 'frames') return conversationShowings(request, response.body)
  if (response.status < 200 || response.status > 299) return []
  const { objects, model: answering } = told(response.body)
  const json = object(request.body.kind === 'json' ? parseJson(request.body.text) : undefined)
  const model = answering ?? modelAsked(request, json)
  const { path } = splitTarget(request.path)
  const made = objects[0] ?? {}
  if (request.method === 'POST' && !isAbout(path, made)) {
    const uses = usesOf(made, json, model)
    if (uses !== undefined) return [{ begins: true, ...identified(made, model), uses }]
    if (!mayAskModel(path)) return []
    const words = said(request, response, model)
    return [{ begins: true, ...identified(made, model), ...(words && { estimateInput: words }) }]
  }
  return objects.flatMap((each) => {
    const uses = typeof each['id'] === 'string' ? usesOf(each, {}, answering) : undefined
    return uses === undefined ? [] : [{ begins: false, ...identified(each, answering), uses }]
  })
}

/** Over a WebSocket each answer counts as one to a request of its own, and so does each transcription. */
function conversationShowings({ path }: RecordedRequest, body: FramesBody): UsageSighting[] {
  const asked = new URLSearchParams(splitTarget(path).query).get('model') ?? undefined
  return [...eventsOf(body, asked)].flatMap(({ event, ...models }) => {
    const made = object(event['response'])
    if (/^response\.(?:completed|incomplete|failed)$/.test(String(event['type']))) {
      const uses = usesOf(made, {}, text(made['model']))
      return uses === undefined ? [] : [{ begins: true, ...identified(made, text(made['model'])), uses }]
    }
    const use = realtimeUse(event)
    if (use === undefined) return []
    const isAnswer = event['type'] === 'response.done'
    const model = isAnswer ? models.model : models.transcriber
    const of = isAnswer ? made : { id: event['event_id'] ?? '' }
    return [{ begins: true, ...identified(of, model), uses: [{ ...(model && { model }), ...use }] }]
  })
}

/** What an event of a Realtime session tells: of an answer, or of the transcription of what was said. */
export function realtimeUse(event: JsonObject): Use | undefined {
  switch (event['type']) {
    case 'response.done':
      return toldBy(object(event['response'])['usage'])
    case 'conversation.item.input_audio_transcription.completed':
      return toldBy(event['usage'])
    default:
      return undefined
  }
}

/** Whether a request is about a thing that was there before: its id stands in the path then. */
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
function usesOf(made: JsonObject, request: JsonObject, asked: string | undefined): Use[] | undefined {
  const use = isUnfinished(made) ? undefined : toldBy(made['usage'] ?? object(made['x_groq'])['usage'])
  const model = text(made['model']) ?? asked
  const why = offList(made, request)
  const uses = [
    ...(use === undefined
      ? []
      : [{ ...(model && { model }), ...use, ...searches(made), ...(why !== undefined && { offList: why }) }]),
    ...imageUse(made),
    ...trainingUse(made, model),
    ...list(made['per_model_usage']).flatMap(evalUse),
    ...[made, ...list(made['output'])].flatMap((each) => svgUse(object(each)['svg_usage'])),
  ]
  return uses.length === 0 ? undefined : uses
}

/** What goes on after its request tells nothing, or zeros, until it is done. */
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
  const web = count(object(object(made['tool_usage'])['web_search'])['num_requests']) ?? 0
  const files = typesOf(made['output']).filter((type) => type === 'file_search_call').length
  return { ...(web > 0 && { webSearches: web }), ...(files > 0 && { fileSearches: files }) }
}

/** What the image tool of a Response used of the image model, which the Response's own usage leaves out. */
function imageUse(made: JsonObject): Use[] {
  const use = toldBy(object(made['tool_usage'])['image_gen'])
  if (use === undefined || (use.tokens.input === 0 && use.tokens.output === 0)) return []
  const tool = list(made['tools']).find((each) => object(each)['type'] === 'image_generation')
  const model = text(object(tool)['model'])
  return [{ ...(model && { model }), ...use }]
}

/** A fine-tuning job tells null until it is done. */
function trainingUse(
  { object: kind, trained_tokens: trained }: JsonObject,
  model: string | undefined,
): Use[] {
  const training = kind === 'fine_tuning.job' ? count(trained) : undefined
  return training === undefined
    ? []
    : [{ ...(model && { model }), tokens: { training }, offList: 'fine-tuning' }]
}

/** A run of an eval tells what each model used, those that answered and those that graded. */
function evalUse(usage: Json): Use[] {
  const use = toldBy(usage)
  const model = text(object(usage)['model_name'])
  return use === undefined ? [] : [{ ...(model && { model }), ...use, offList: 'an eval' }]
}

function svgUse(usage: Json | undefined): Use[] {
  const use = toldBy(usage)
  if (use === undefined || !isJsonObject(usage)) return []
  const reasoning = count(usage['reasoning_tokens'])
  const model = text(usage['model'])
  return [
    { ...(model && { model }), tokens: { ...use.tokens, ...(reasoning !== undefined && { reasoning }) } },
  ]
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What is made at these addresses asks no model, or is free. All others may, those that nobody knows yet too. */
const NO_MODEL = new RegExp(
  [
    'files|uploads|moderations|assistants|conversations|vector_stores|containers|skills|prompts|webhooks|organization',
    'threads(?:/(?!runs$)[^/]+(?:/messages(?:/[^/]+)?)?)?(?=$)|evals(?:/[^/]+)?(?=$)|responses/input_tokens',
    'realtime/(?!calls$)[^/]+|chatkit/sessions',
  ]
    .map((each) => `/(?:${each})(?:/|$)`)
    .join('|'),
)

export function mayAskModel(path: string): boolean {
  return !NO_MODEL.test(path)
}
