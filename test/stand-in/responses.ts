import type { ResponseCreateParams, ResponseInputItem } from 'openai/resources/responses/responses'
import { type Answer, laidOut, polled } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { ApiError, errorBody, notFound } from './errors.ts'
import { responseBreakingOff } from './mid-stream.ts'
import { resolveModel } from './models.ts'
import { replyTo, type Situation } from './reply.ts'
import { responseEvents } from './response-events.ts'
import {
  outputOf,
  type ResponseObject,
  responseOf,
  thoughtOf,
  unfinished,
  usageOf,
} from './response-parts.ts'
import type { Schema } from './sample.ts'
import { poll, type World } from './world.ts'

export function createResponse(asked: Asked, world: World): Answer {
  const params = jsonOf<ResponseCreateParams>(asked)
  if (params.model === undefined) throw missing('model')
  const model = resolveModel(params.model)
  const items = itemsOf(params)
  const reply = replyTo(situationOf(params, items, asked.seed))
  const thought = thoughtOf(params, model, asked.seed)
  const output = outputOf(reply, asked.seed, thought)
  const usage = usageOf(items.map(textOf), reply, thought !== undefined)
  const response = responseOf({ params, model, output, usage, seed: asked.seed })
  if (params.store !== false) world.responses.set(response.id, response)
  if (params.background === true) return laidOut(unfinished(response, 'queued'))
  if (params.stream === true)
    return { kind: 'events', events: responseBreakingOff(responseEvents(response, asked.seed), response) }
  return laidOut(response)
}

/** One in the background is in progress when first asked after, completed from then on. */
export function retrieveResponse(id: string, world: World): Answer {
  const found = find(id, world)
  if (!found.background) return laidOut(found)
  return polled(poll(world, id) > 0 ? found : unfinished(found, 'in_progress'))
}

export function deleteResponse(id: string, world: World): Answer {
  find(id, world)
  world.responses.delete(id)
  return laidOut({ id, object: 'response', deleted: true })
}

function find(id: string, world: World): ResponseObject {
  const found = world.responses.get(id)
  if (found !== undefined) return found
  throw notFound(`Response with id '${id}' not found.`, null)
}

function itemsOf({ input }: ResponseCreateParams): readonly ResponseInputItem[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : (input ?? [])
}

function situationOf(
  params: ResponseCreateParams,
  items: readonly ResponseInputItem[],
  seed: string,
): Situation {
  const format = params.text?.format
  const since = items.slice(items.findLastIndex((item) => 'role' in item && item.role === 'user') + 1)
  return {
    seed,
    prompt: textOf(items.findLast((item) => 'role' in item && item.role === 'user')),
    tools: (params.tools ?? []).flatMap((tool) =>
      tool.type === 'function' ? [{ name: tool.name, parameters: (tool.parameters ?? {}) as Schema }] : [],
    ),
    parallel: params.parallel_tool_calls !== false,
    mayCall: params.tool_choice !== 'none',
    results: items.filter((item) => item.type === 'function_call_output').map(textOf),
    called: since.flatMap((item) => (item.type === 'function_call' ? [item.name] : [])),
    schema: format?.type === 'json_schema' ? (format.schema as Schema) : undefined,
  }
}

function textOf(item: ResponseInputItem | undefined): string {
  if (item === undefined) return ''
  if (item.type === 'function_call_output') return typeof item.output === 'string' ? item.output : '(output)'
  if (!('content' in item) || item.content === undefined || item.content === null) return ''
  if (typeof item.content === 'string') return item.content
  return item.content.map((part) => ('text' in part ? part.text : `(${part.type})`)).join(' ')
}

function missing(param: string): ApiError {
  const message = `Missing required parameter: '${param}'.`
  return new ApiError(
    400,
    errorBody(message, { type: 'invalid_request_error', param, code: 'missing_required_parameter' }),
  )
}
