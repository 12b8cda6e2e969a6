import type { ResponseBody } from '../../cassette/cassette.ts'
import { readEvent } from '../../http/sse.ts'
import { nonEmptyText } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'

/** An event as it is sent. A comment has no data. */
export type SentEvent = ReturnType<typeof readEvent>

/** An event of a stream, or a message of a WebSocket. */
export interface AnswerEvent {
  readonly type: string
  /** Its data as a string where that is no JSON object. */
  readonly json: Json
}

export interface ObjectEvent extends AnswerEvent {
  readonly json: JsonObject
}

/** The events of a body; undefined where it is no stream. */
export function sentEvents(body: ResponseBody): readonly SentEvent[] | undefined {
  if (body.kind === 'events') return body.events.map(({ raw }) => readEvent(raw))
  // Some upstreams do not declare their streams.
  if (body.kind !== 'text' || !/^(?:data|event|id|retry|):/.test(body.text) || !/^data:/m.test(body.text))
    return undefined
  const raws = body.text.split(/(?:\r\n|\n|\r){2}/)
  return raws.filter((raw) => raw !== '').map(readEvent)
}

/** @param name the event's own, where it has one */
export function answerEvent(data: string, name?: string): AnswerEvent {
  if (data === DONE) return { type: DONE, json: data }
  const json = parseJson(data)
  const own = nonEmptyText(name)
  if (!isJsonObject(json)) return { type: own ?? 'data', json: data }
  const kind = nonEmptyText(json['object'])
  if (isChunk(json)) return { type: kind ?? 'chat.completion.chunk', json }
  return { type: own ?? nonEmptyText(json['type']) ?? kind ?? ('error' in json ? 'error' : 'data'), json }
}

const DONE = '[DONE]'

/** Whether it is a piece of a completion, chat or legacy. */
export function isChunk({ choices, object }: JsonObject): boolean {
  return Array.isArray(choices) || object === 'chat.completion.chunk'
}

/** Whether an event holds a piece of something that another one may hold as a whole. */
export function isDelta(type: string): boolean {
  return /\.(?:append|delta)$/.test(type)
}

/** Events at the end of a stream that hold the whole Response. */
export function endsResponse(type: string): boolean {
  return /^response\.(?:completed|done|failed|incomplete)$/.test(type)
}
