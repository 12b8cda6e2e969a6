import type { RecordedResponse, ResponseBody } from '../../cassette/cassette.ts'
import { nonEmptyText, objectsIn } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import type { Answer, AnswerPart, Form } from '../../api/answer.ts'
import { headerValue } from '../../http/message.ts'
import { readEvent } from '../../http/sse.ts'
import { callsIn } from './calls.ts'
import { joinChunks } from './chat-stream.ts'
import { endsOf, isUnfinished } from './ends.ts'
import { frameTexts } from '../../cassette/bodies/body.ts'

/** Reads what later requests can carry of an answer. */
export function readAnswer({ headers, body }: RecordedResponse): Answer {
  const events = eventsIn(body)
  const parts = partsIn(body, events).map((each) => ({ ...each, items: itemsOf(each.json) }))
  const documents = parts.flatMap(({ json }) => (Array.isArray(json) ? (json as readonly Json[]) : [json]))
  const objects = documents.filter(isJsonObject)
  const ends = endsOf(objects)
  return {
    form: events === undefined ? formOf(headers, body) : 'a stream of events',
    lastEvent: events && lastEventOf(events),
    parts,
    calls: callsIn(parts),
    ends,
    isPending: ends.size === 0 && objects.some(isUnfinished),
  }
}

type PartWithoutItems = Omit<AnswerPart, 'items'>
type Event = ReturnType<typeof readEvent>

/** Undefined where the body is no stream. */
function eventsIn(body: ResponseBody): readonly Event[] | undefined {
  if (body.kind === 'events') return body.events.map(({ raw }) => readEvent(raw))
  // Some upstreams do not declare their streams.
  if (body.kind !== 'text' || !/^(?:data|event|id|retry|):/.test(body.text)) return undefined
  return body.text.split(/(?:\r\n|\n|\r){2}/).map(readEvent)
}

function partsIn(body: ResponseBody, events: readonly Event[] | undefined): PartWithoutItems[] {
  if (events !== undefined) return partsInEvents(events)
  switch (body.kind) {
    case 'json':
    case 'text':
      return [{ source: 'body', json: parseJson(body.text) ?? body.text }]
    case 'frames':
      return partsInEvents(frameTexts(body.frames, 'server').map((data) => ({ data })))
    default:
      return []
  }
}

function partsInEvents(
  events: readonly { readonly name?: string; readonly data?: string }[],
): PartWithoutItems[] {
  const chunks: JsonObject[] = []
  const byKind = new Map<string, JsonObject[]>()
  for (const { name, data } of events) {
    const json = data === undefined ? undefined : parseJson(data)
    if (!isJsonObject(json)) continue
    const kind = kindOf(name, json)
    if (Array.isArray(json['choices'])) chunks.push(json)
    // What deltas spell comes as a whole at the end.
    else if (!kind.endsWith('.delta')) byKind.set(kind, [...(byKind.get(kind) ?? []), subjectOf(json)])
  }
  const joined = chunks.length === 0 ? [] : [{ source: 'chunks', json: joinChunks(chunks) }]
  const kinds = [...byKind].map(([source, json]) => ({ source, json }))
  return [...joined, ...kinds.toSorted((a, b) => rankOf(a.source) - rankOf(b.source))]
}

function kindOf(name: string | undefined, json: JsonObject): string {
  return name ?? nonEmptyText(json['type']) ?? nonEmptyText(json['object']) ?? 'event'
}

/** The type of the terminating event, for APIs that send one. Chunks of completions have a finish reason instead. */
function lastEventOf(events: readonly Event[]): string | undefined {
  for (const { name, data } of events.toReversed()) {
    const json = data === undefined ? undefined : parseJson(data)
    if (!isJsonObject(json)) continue
    const kind = kindOf(name, json)
    return /(?:^|\.)(?:done|completed)$/.test(kind) ? kind : undefined
  }
  return undefined
}

/** The Response or the item that an event of Responses is about. */
function subjectOf(json: JsonObject): JsonObject {
  const { response, item } = json
  if (isJsonObject(response)) return response
  return isJsonObject(item) ? item : json
}

/** Whole things first, as clients take their values from these. */
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

/** What a client may send back whole: messages of a completion, output items of a Response, items of a list. */
function itemsOf(json: Json): readonly JsonObject[] {
  if (Array.isArray(json)) return (json as readonly Json[]).filter(isJsonObject).flatMap(itemsIn)
  return isJsonObject(json) ? itemsIn(json) : []
}

function itemsIn(json: JsonObject): readonly JsonObject[] {
  if (Array.isArray(json['choices']))
    return objectsIn(json['choices'])
      .map((choice) => choice['message'] ?? null)
      .filter(isJsonObject)
  if (Array.isArray(json['output'])) return objectsIn(json['output'])
  if (json['object'] === 'list') return objectsIn(json['data']).filter(isItem)
  return isItem(json) ? [json] : []
}

/** Events and other things have types too, but no id, or an `object`. */
function isItem(json: JsonObject): boolean {
  return typeof json['type'] === 'string' && json['object'] === undefined && typeof json['id'] === 'string'
}

/** The form of an answer that is no stream of events. */
function formOf(headers: RecordedResponse['headers'], body: ResponseBody): Form {
  switch (body.kind) {
    case 'json':
    case 'text':
      return formOfText(body.text, headerValue(headers, 'content-type') ?? '')
    case 'events':
      return 'a stream of events'
    case 'frames':
      return 'a conversation'
    case 'empty':
      return 'nothing'
    default:
      return 'bytes'
  }
}

function formOfText(text: string, type: string): Form {
  if (text.trim() === '') return 'nothing'
  const json = parseJson(text)
  if (typeof json === 'object' && json !== null) return 'JSON'
  return /\bhtml\b/.test(type) || /^\s*<(?:!doctype\s+)?html\b/i.test(text) ? 'HTML' : 'text'
}
