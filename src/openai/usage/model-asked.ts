import type { RecordedRequest } from '../../cassette/cassette.ts'
import { headerValue, splitTarget } from '../../http/message.ts'
import { type JsonObject, parseJson } from '../../json/json.ts'
import { object } from './tokens.ts'

/** The model that a request names: in its JSON, its form or its path, and a WebSocket's handshake in its query. */
export function modelOf(request: RecordedRequest): string | undefined {
  const { body, headers, path } = request
  if (headerValue(headers, 'upgrade') === 'websocket') {
    const query = new URLSearchParams(splitTarget(path).query)
    // Azure's deployments.
    return query.get('model') || query.get('deployment') || undefined
  }
  return modelAsked(request, object(body.kind === 'json' ? parseJson(body.text) : undefined))
}

/** @param json the request's, where it has some */
export function modelAsked({ path, body }: RecordedRequest, json: JsonObject): string | undefined {
  if (body.kind === 'multipart') {
    const part = body.parts.find(({ name }) => name === 'model')?.content
    return part?.kind === 'text' && part.text !== '' ? part.text : undefined
  }
  // Azure and the oldest endpoints have it in the path.
  const inPath = /\/(?:deployments|engines)\/([^/?]+)\//.exec(path)?.[1]
  const { model } = json
  return typeof model === 'string' && model !== '' ? model : inPath
}
