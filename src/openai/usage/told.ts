import type { ResponseBody, StreamEvent } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import { readEvent } from '../../http/sse.ts'

/** What an answer tells about itself. */
export interface Told {
  /** What was made or shown: a completion, a Response, a run; several where they are listed. */
  readonly objects: readonly JsonObject[]
  /** The model that answered. */
  readonly model?: string
}

/** Reads an answer's body, JSON or events. */
export function told(body: ResponseBody): Told {
  if (body.kind === 'events') return toldByEvents(body.events)
  const json = body.kind === 'json' || body.kind === 'text' ? parseJson(body.text) : undefined
  if (!isJsonObject(json)) return { objects: [] }
  const listed = json['object'] === 'list' && !isJsonObject(json['usage']) ? json['data'] : undefined
  const objects = Array.isArray(listed) ? (listed as readonly Json[]).filter(isJsonObject) : [json]
  return { objects, ...modelIn(json) }
}

/** A cheap look at an event's text, before it is parsed. */
const MAY_TELL_USAGE = /"usage":\s*\{/

function toldByEvents(events: readonly StreamEvent[]): Told {
  // From the end: some upstreams tell the usage so far with every event, and the last word counts.
  const telling = [...jsonOf(events.toReversed(), (raw) => MAY_TELL_USAGE.test(raw))].filter(isWhole)
  const object =
    telling[0] ??
    first(
      jsonOf(events.toReversed(), (raw) => raw.includes('"id"')),
      isWhole,
    )
  // The only streams that tell usages of several things, and not how these add up.
  const isAmbiguous = telling.filter(({ type }) => /^image_\w+\.completed$/.test(String(type))).length > 1
  const named = first(
    jsonOf(events.toReversed(), (raw) => raw.includes('"model"')),
    (json) => 'model' in modelIn(json),
  )
  return {
    objects: object === undefined || isAmbiguous ? [] : [object],
    ...(named === undefined ? {} : modelIn(named)),
  }
}

/** The JSON of those events; of a Responses event, the Response in it. */
function* jsonOf(events: readonly StreamEvent[], wanted: (raw: string) => boolean): Generator<JsonObject> {
  for (const { raw } of events) {
    const data = wanted(raw) ? readEvent(raw).data : undefined
    const json = data === undefined ? undefined : parseJson(data)
    if (!isJsonObject(json)) continue
    yield isJsonObject(json['response']) ? json['response'] : json
  }
}

/** Whether this is what the stream is about, and no step of a run, message or item of it. */
function isWhole(json: JsonObject): boolean {
  const kind = json['object']
  if (kind === undefined) return isJsonObject(json['usage'])
  return typeof kind === 'string' && !/^thread\.(?!run$)|\.delta$/.test(kind)
}

function first(objects: Iterable<JsonObject>, wanted: (json: JsonObject) => boolean): JsonObject | undefined {
  for (const json of objects) if (wanted(json)) return json
  return undefined
}

/** Azure's first event has an empty one. */
function modelIn({ model }: JsonObject): { model?: string } {
  return typeof model === 'string' && model !== '' ? { model } : {}
}
