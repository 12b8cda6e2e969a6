import type { ResponseBody } from '../../cassette/cassette.ts'
import { readEvent } from '../../http/sse.ts'
import { nonEmptyText } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'

/** A server-sent event. A comment has no data. */
export type SentEvent = ReturnType<typeof readEvent>

/** An event of a stream, or a message of a WebSocket. */
export interface AnswerEvent {
  readonly type: string
  /** The event's data: a JSON object, or a string for any other data. */
  readonly json: Json
}

export interface ObjectEvent extends AnswerEvent {
  readonly json: JsonObject
}

/** The events in a body; undefined if it is not a stream. */
export function sentEvents(body: ResponseBody): readonly SentEvent[] | undefined {
  if (body.kind === 'events') return body.events.map(({ raw }) => readEvent(raw))
  // Some upstreams send streams without the content type of a stream.
  if (body.kind !== 'text' || !/^(?:data|event|id|retry|):/.test(body.text) || !/^data:/m.test(body.text))
    return undefined
  const raws = body.text.split(/(?:\r\n|\n|\r){2}/)
  return raws.filter((raw) => raw !== '').map(readEvent)
}

/** @param name the event's name, if it has one */
export function answerEvent(data: string, name?: string): AnswerEvent {
  if (data === DONE) return { type: DONE, json: data }
  const json = parseJson(data)
  const eventName = nonEmptyText(name)
  if (!isJsonObject(json)) return { type: eventName ?? 'data', json: data }
  const kind = nonEmptyText(json['object'])
  if (isChunk(json)) return { type: kind ?? 'chat.completion.chunk', json }
  return {
    type: eventName ?? nonEmptyText(json['type']) ?? kind ?? ('error' in json ? 'error' : 'data'),
    json,
  }
}

const DONE = '[DONE]'

/** Whether an object is a chunk of a chat completion or a legacy completion. */
export function isChunk({ choices, object }: JsonObject): boolean {
  return Array.isArray(choices) || object === 'chat.completion.chunk'
}

/** Whether an event contains a fragment of content that another event may contain in full. */
export function isDelta(type: string): boolean {
  return /\.(?:append|delta)$/.test(type)
}

/** Whether an event ends a Response and contains it in full. */
export function endsResponse(type: string): boolean {
  return /^response\.(?:completed|done|failed|incomplete)$/.test(type)
}
