import { isJsonObject, type JsonObject, parseJson } from '../../json/json.ts'
import { readEvent } from '../../http/sse.ts'
import type { ErrorObject } from './catalogue.ts'

/**
 * The events that end a stream with an error. A Responses stream has an `error` and a `response.failed`,
 * numbered on, with the Response that it began; all others one that has but data.
 * @param before the events that the client was sent
 */
export function streamError(path: string, error: ErrorObject, before: readonly string[]): readonly string[] {
  if (!/\/responses(?:\/[^/]+)?$/.test(path)) return [`data: ${JSON.stringify({ error })}\n\n`]
  const sent = before.map(jsonOf)
  const last = sent.findLast((event) => typeof event['sequence_number'] === 'number')
  const next = last === undefined ? 0 : (last['sequence_number'] as number) + 1
  const begun = sent.find((event) => isJsonObject(event['response']))?.['response'] ?? {}
  const { type, code, message, param } = error
  const told = { type, code: code ?? type, message, param }
  const response = { ...(begun as JsonObject), status: 'failed', error: { code: told.code, message } }
  return [
    named('error', { type: 'error', sequence_number: next, error: told }),
    named('response.failed', { type: 'response.failed', sequence_number: next + 1, response }),
  ]
}

function jsonOf(raw: string): JsonObject {
  const { data } = readEvent(raw)
  const json = data === undefined ? undefined : parseJson(data)
  return isJsonObject(json) ? json : {}
}

function named(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
