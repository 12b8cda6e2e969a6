import type { ResponseCreateParams, ResponseInputItem } from 'openai/resources/responses/responses'
import { type Answer, laidOut } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { ApiError, errorBody, notFound } from './errors.ts'
import { responseBreakingOff } from './mid-stream.ts'
import { resolveModel } from './models.ts'
import { replyTo, type Situation } from './reply.ts'
import { responseEvents } from './response-events.ts'
import { outputOf, responseOf, usageOf } from './response-parts.ts'
import type { Schema } from './sample.ts'
import type { World } from './world.ts'

export function createResponse(asked: Asked, world: World): Answer {
  const params = jsonOf<ResponseCreateParams>(asked)
  if (params.model === undefined) throw missing('model')
  const model = resolveModel(params.model)
  const items = itemsOf(params)
  const reply = replyTo(situationOf(params, items, asked.seed))
  const reasons = model.startsWith('gpt-5')
  const output = outputOf(reply, asked.seed, reasons)
  const usage = usageOf(items.map(textOf), reply, reasons)
  const response = responseOf({ params, model, output, usage, seed: asked.seed })
  if (params.store !== false) world.responses.set(response.id, response)
  if (params.stream === true)
    return { kind: 'events', events: responseBreakingOff(responseEvents(response, asked.seed), response) }
  return laidOut(response)
}

export function retrieveResponse(id: string, world: World): Answer {
  const found = world.responses.get(id)
  if (found !== undefined) return laidOut(found)
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
