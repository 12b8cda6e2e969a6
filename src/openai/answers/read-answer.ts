import type { RecordedResponse, ResponseBody } from '../../core/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts'
import { textsOf } from '../../core/redaction/frames.ts'
import type { Answer, Told } from '../../core/rewire/answer.ts'
import { readEvent } from '../../core/sse.ts'
import { callsIn } from './calls.ts'
import { joinChunks } from './chat-stream.ts'
import { endsOf, isUnfinished } from './ends.ts'
import { itemsOf } from './items.ts'

/** Reads an answer of OpenAI's for what later requests carry of it. */
export function readAnswer({ body }: RecordedResponse): Answer {
  const told = toldBy(body).map((each) => ({ ...each, items: itemsOf(each.json) }))
  const documents = told.flatMap(({ json }) => (Array.isArray(json) ? (json as readonly Json[]) : [json]))
  const objects = documents.filter(isJsonObject)
  const ends = endsOf(objects)
  return {
    told,
    calls: callsIn(told),
    ends,
    isPending: ends.size === 0 && objects.some(isUnfinished),
  }
}

type Document = Omit<Told, 'items'>

function toldBy(body: ResponseBody): Document[] {
  switch (body.kind) {
    case 'json':
    case 'text': {
      const json = parseJson(body.text)
      // Some upstreams do not say that they stream.
      const events =
        json === undefined && /^(?:data|event|id|retry|):/.test(body.text) ? body.text : undefined
      return events === undefined
        ? [{ from: 'body', json: json ?? body.text }]
        : toldByEvents(events.split(/(?:\r\n|\n|\r){2}/).map(readEvent))
    }
    case 'events':
      return toldByEvents(body.events.map(({ raw }) => readEvent(raw)))
    case 'frames':
      return toldByEvents(textsOf(body.frames, 'server').map((data) => ({ data })))
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
    const kind = name ?? text(json['type']) ?? text(json['object']) ?? 'event'
    if (Array.isArray(json['choices'])) chunks.push(json)
    // What deltas spell is told as a whole at the end.
    else if (!kind.endsWith('.delta')) byKind.set(kind, [...(byKind.get(kind) ?? []), toldIn(json)])
  }
  const joined = chunks.length === 0 ? [] : [{ from: 'chunks', json: joinChunks(chunks) }]
  const kinds = [...byKind].map(([from, json]) => ({ from, json }))
  return [...joined, ...kinds.toSorted((a, b) => rankOf(a.from) - rankOf(b.from))]
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
