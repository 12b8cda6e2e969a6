import type { RecordedRequest } from '../../cassette/cassette.ts'
import { headerValue, splitTarget } from '../../http/message.ts'
import { asObject } from '../../json/access.ts'
import { type JsonObject, parseJson } from '../../json/json.ts'

/** The model that a request names in its JSON, its form or its path, or in the query of a WebSocket handshake. */
export function modelOf(request: RecordedRequest): string | undefined {
  const { body, path } = request
  if (isHandshake(request)) return modelInQuery(path)
  return modelNamed(request, asObject(body.kind === 'json' ? parseJson(body.text) : undefined))
}

/** Azure names a deployment instead of a model. */
export function modelInQuery(path: string): string | undefined {
  const query = new URLSearchParams(splitTarget(path).query)
  return query.get('model') || query.get('deployment') || undefined
}

/** @param json the request's JSON; empty if it has none */
export function modelNamed({ path, body }: RecordedRequest, json: JsonObject): string | undefined {
  if (body.kind === 'multipart') {
    const part = body.parts.find(({ name }) => name === 'model')?.content
    return part?.kind === 'text' && part.text !== '' ? part.text : undefined
  }
  // Azure and the oldest endpoints name the model in the path.
  const inPath = /\/(?:deployments|engines)\/([^/?]+)\//.exec(path)?.[1]
  const { model } = json
  return typeof model === 'string' && model !== '' ? model : inPath
}

/** Whether a request calls a model. Polling or cancelling such a call costs nothing. */
export function callsModel(request: RecordedRequest): boolean {
  if (isHandshake(request)) return true
  const { path } = splitTarget(request.path)
  return request.method === 'POST' && mayCallModel(path) && !MANAGEMENT_PATHS.test(path)
}

function isHandshake({ headers }: RecordedRequest): boolean {
  return headerValue(headers, 'upgrade') === 'websocket'
}

/** Paths of requests that end work which another request started, or that change its metadata. */
const MANAGEMENT_PATHS = /\/(?:cancel|pause)$|\/chat\/completions\/[^/]+$|\/runs\/[^/]+$/

/** Whether a POST to this path may call a model. True for unknown paths. */
export function mayCallModel(path: string): boolean {
  return !PATHS_WITHOUT_MODEL.test(path)
}

/** Paths where a POST calls no model or is free. */
const PATHS_WITHOUT_MODEL = new RegExp(
  [
    'files|uploads|moderations|assistants|conversations|vector_stores|containers|skills|prompts|webhooks|organization',
    'threads(?:/(?!runs$)[^/]+(?:/messages(?:/[^/]+)?)?)?(?=$)|evals(?:/[^/]+)?(?=$)|responses/input_tokens',
    'realtime/(?!calls$)[^/]+|chatkit/sessions',
  ]
    .map((each) => `/(?:${each})(?:/|$)`)
    .join('|'),
)
