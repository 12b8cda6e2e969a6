import type { RecordedRequest } from '../../cassette/cassette.ts'
import { headerValue, splitTarget } from '../../http/message.ts'
import { asObject } from '../../json/access.ts'
import { type JsonObject, parseJson } from '../../json/json.ts'

/** The model that a request names: in its JSON, its form or its path; in the query of a WebSocket's handshake. */
export function modelOf(request: RecordedRequest): string | undefined {
  const { body, path } = request
  if (isHandshake(request)) return modelInQuery(path)
  return modelNamed(request, asObject(body.kind === 'json' ? parseJson(body.text) : undefined))
}

/** Azure names its deployments. */
export function modelInQuery(path: string): string | undefined {
  const query = new URLSearchParams(splitTarget(path).query)
  return query.get('model') || query.get('deployment') || undefined
}

/** @param json the request's, where it has any */
export function modelNamed({ path, body }: RecordedRequest, json: JsonObject): string | undefined {
  if (body.kind === 'multipart') {
    const part = body.parts.find(({ name }) => name === 'model')?.content
    return part?.kind === 'text' && part.text !== '' ? part.text : undefined
  }
  // Azure and the oldest endpoints have it in the path.
  const inPath = /\/(?:deployments|engines)\/([^/?]+)\//.exec(path)?.[1]
  const { model } = json
  return typeof model === 'string' && model !== '' ? model : inPath
}

/** Whether a request has a model do something. To ask how far that is, or to end it, costs nothing. */
export function callsModel(request: RecordedRequest): boolean {
  if (isHandshake(request)) return true
  const { path } = splitTarget(request.path)
  return request.method === 'POST' && mayCallModel(path) && !MANAGES.test(path)
}

function isHandshake({ headers }: RecordedRequest): boolean {
  return headerValue(headers, 'upgrade') === 'websocket'
}

/** Work that another request began is ended, or gets other metadata. */
const MANAGES = /\/(?:cancel|pause)$|\/chat\/completions\/[^/]+$|\/runs\/[^/]+$/

/** Whether a POST to this path may call a model. Those to unknown paths may. */
export function mayCallModel(path: string): boolean {
  return !NO_MODEL.test(path)
}

/** A POST to these paths calls no model, or is free. */
const NO_MODEL = new RegExp(
  [
    'files|uploads|moderations|assistants|conversations|vector_stores|containers|skills|prompts|webhooks|organization',
    'threads(?:/(?!runs$)[^/]+(?:/messages(?:/[^/]+)?)?)?(?=$)|evals(?:/[^/]+)?(?=$)|responses/input_tokens',
    'realtime/(?!calls$)[^/]+|chatkit/sessions',
  ]
    .map((each) => `/(?:${each})(?:/|$)`)
    .join('|'),
)
