import type { ResponseBody, StreamEvent } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import { readEvent } from '../../http/sse.ts'

/** The objects that a response consists of. */
export interface AnswerObjects {
  /** A completion, a Response, a run; several where they are listed. */
  readonly objects: readonly JsonObject[]
  /** The model that answered. */
  readonly model?: string
}

export function answerObjects(body: ResponseBody): AnswerObjects {
  if (body.kind === 'events') return objectsInEvents(body.events)
  const json = body.kind === 'json' || body.kind === 'text' ? parseJson(body.text) : undefined
  if (!isJsonObject(json)) return { objects: [] }
  const listed = json['object'] === 'list' && !isJsonObject(json['usage']) ? json['data'] : undefined
  const objects = Array.isArray(listed) ? (listed as readonly Json[]).filter(isJsonObject) : [json]
  return { objects, ...modelIn(json) }
}

/** A cheap test of an event's text before it is parsed. */
const MAY_HAVE_USAGE = /"usage":\s*\{/

function objectsInEvents(events: readonly StreamEvent[]): AnswerObjects {
  // From the end: some upstreams send the usage so far with every event, and the last one counts.
  const withUsage = [...jsonOf(events.toReversed(), (raw) => MAY_HAVE_USAGE.test(raw))].filter(isWhole)
  const object =
    withUsage[0] ??
    first(
      jsonOf(events.toReversed(), (raw) => raw.includes('"id"')),
      isWhole,
    )
  // The only streams with usages of several things, without saying how these add up.
  const isAmbiguous = withUsage.filter(({ type }) => /^image_\w+\.completed$/.test(String(type))).length > 1
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
function* jsonOf(events: readonly StreamEvent[], isWanted: (raw: string) => boolean): Generator<JsonObject> {
  for (const { raw } of events) {
    const data = isWanted(raw) ? readEvent(raw).data : undefined
    const json = data === undefined ? undefined : parseJson(data)
    if (!isJsonObject(json)) continue
    yield isJsonObject(json['response']) ? json['response'] : json
  }
}

/** Whether this is the stream's subject, and no step of a run, message or item of it. */
function isWhole(json: JsonObject): boolean {
  const kind = json['object']
  if (kind === undefined) return isJsonObject(json['usage'])
  return typeof kind === 'string' && !/^thread\.(?!run$)|\.delta$/.test(kind)
}

function first(
  objects: Iterable<JsonObject>,
  isWanted: (json: JsonObject) => boolean,
): JsonObject | undefined {
  for (const json of objects) if (isWanted(json)) return json
  return undefined
}

/** It is empty in Azure's first event. */
function modelIn({ model }: JsonObject): { model?: string } {
  return typeof model === 'string' && model !== '' ? { model } : {}
}
