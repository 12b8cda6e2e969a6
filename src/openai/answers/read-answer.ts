import type { RecordedResponse, ResponseBody } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import type { Answer, Told } from '../../api/answer.ts'
import { readEvent } from '../../http/sse.ts'
import { callsIn } from './calls.ts'
import { joinChunks } from './chat-stream.ts'
import { endsOf, isUnfinished } from './ends.ts'
import { formOf } from './form.ts'
import { itemsOf } from './items.ts'
import { frameTexts } from '../../cassette/bodies/body.ts'

/** Reads an answer of OpenAI's for what later requests carry of it. */
export function readAnswer({ headers, body }: RecordedResponse): Answer {
  const events = eventsIn(body)
  const told = toldBy(body, events).map((each) => ({ ...each, items: itemsOf(each.json) }))
  const documents = told.flatMap(({ json }) => (Array.isArray(json) ? (json as readonly Json[]) : [json]))
  const objects = documents.filter(isJsonObject)
  const ends = endsOf(objects)
  return {
    form: events === undefined ? formOf(headers, body) : 'a stream of events',
    last: events && lastOf(events),
    told,
    calls: callsIn(told),
    ends,
    isPending: ends.size === 0 && objects.some(isUnfinished),
  }
}

type Document = Omit<Told, 'items'>
type Event = ReturnType<typeof readEvent>

/** Undefined for what is no stream. */
function eventsIn(body: ResponseBody): readonly Event[] | undefined {
  if (body.kind === 'events') return body.events.map(({ raw }) => readEvent(raw))
  // Some upstreams do not say that they stream.
  if (body.kind !== 'text' || !/^(?:data|event|id|retry|):/.test(body.text)) return undefined
  return body.text.split(/(?:\r\n|\n|\r){2}/).map(readEvent)
}

function toldBy(body: ResponseBody, events: readonly Event[] | undefined): Document[] {
  if (events !== undefined) return toldByEvents(events)
  switch (body.kind) {
    case 'json':
    case 'text':
      return [{ from: 'body', json: parseJson(body.text) ?? body.text }]
    case 'frames':
      return toldByEvents(frameTexts(body.frames, 'server').map((data) => ({ data })))
    default:
      return []
  }
}

function toldByEvents(events: readonly { readonly name?: string; readonly data?: string }[]): Document[] {
  const chunks: JsonObject[] = []
  const byKind = new Map<string, JsonObject[]>()
  for (const { name, data } of events) {
    const json = data === undefined ? undefined : parseJson(data)
    if (!isJsonObject(json)) continue
    const kind = kindOf(name, json)
    if (Array.isArray(json['choices'])) chunks.push(json)
    // What deltas spell is told as a whole at the end.
    else if (!kind.endsWith('.delta')) byKind.set(kind, [...(byKind.get(kind) ?? []), toldIn(json)])
  }
  const joined = chunks.length === 0 ? [] : [{ from: 'chunks', json: joinChunks(chunks) }]
  const kinds = [...byKind].map(([from, json]) => ({ from, json }))
  return [...joined, ...kinds.toSorted((a, b) => rankOf(a.from) - rankOf(b.from))]
}

function kindOf(name: string | undefined, json: JsonObject): string {
  return name ?? text(json['type']) ?? text(json['object']) ?? 'event'
}

/** With what a stream ends that says so. Chunks of completions say it by their finish reason. */
function lastOf(events: readonly Event[]): string | undefined {
  for (const { name, data } of events.toReversed()) {
    const json = data === undefined ? undefined : parseJson(data)
    if (!isJsonObject(json)) continue
    const kind = kindOf(name, json)
    return /(?:^|\.)(?:done|completed)$/.test(kind) ? kind : undefined
  }
  return undefined
}

/** The Response or the item that an event of Responses is about. */
function toldIn(json: JsonObject): JsonObject {
  const { response, item } = json
  if (isJsonObject(response)) return response
  return isJsonObject(item) ? item : json
}

/** Whole things first: a client takes its values from there. */
function rankOf(kind: string): number {
  const rank = FIRST.findIndex((pattern) => pattern.test(kind))
  return rank < 0 ? FIRST.length : rank
}

const FIRST = [
  /^response\.output_item\.done$/,
  /^(?:response|conversation)\..*(?:done|completed|incomplete|failed)$/,
  /^thread\.(?:run|message)\.(?:requires_action|completed)$/,
  /\.(?:completed|done)$/,
]

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
