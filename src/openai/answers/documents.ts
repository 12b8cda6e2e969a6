import type { AnswerDocument } from '../../api/answer.ts'
import { asObjects, objectsIn } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import type { ObjectEvent } from './events.ts'
import { messageOf } from './outputs.ts'

export function documentOf(source: string, json: Json): AnswerDocument {
  return { source, json, items: asObjects(json).flatMap(itemsIn) }
}

/** The documents of a stream. Events with complete objects come first, as clients take their values from these. */
export function documentsOf(
  completion: JsonObject | undefined,
  events: readonly ObjectEvent[],
): AnswerDocument[] {
  const byType = Map.groupBy(events, ({ type }) => type)
  const eventDocuments = [...byType].map(([type, all]) =>
    documentOf(
      type,
      all.map(({ json }) => subjectOf(json)),
    ),
  )
  return [
    ...(completion === undefined ? [] : [documentOf('chunks', completion)]),
    ...eventDocuments.toSorted((a, b) => rankOf(a.source) - rankOf(b.source)),
  ]
}

/** The Response or the item in an event of the Responses API. */
function subjectOf(json: JsonObject): JsonObject {
  const { response, item } = json
  if (isJsonObject(response)) return response
  return isJsonObject(item) ? item : json
}

function rankOf(type: string): number {
  const rank = COMPLETE_EVENTS.findIndex((pattern) => pattern.test(type))
  return rank < 0 ? COMPLETE_EVENTS.length : rank
}

const COMPLETE_EVENTS = [
  /^response\.output_item\.done$/,
  /^(?:response|conversation)\..*(?:done|completed|incomplete|failed)$/,
  /^thread\.(?:run|message)\.(?:requires_action|completed)$/,
  /\.(?:completed|done)$/,
]

/** The objects that a client may send back: messages of a completion, output items of a Response, items of a list. */
function itemsIn(json: JsonObject): readonly JsonObject[] {
  const { choices, output, object, data } = json
  if (Array.isArray(choices))
    return objectsIn(choices)
      .map(messageOf)
      .filter((message) => Object.keys(message).length > 0)
  if (Array.isArray(output)) return objectsIn(output)
  if (object === 'list') return objectsIn(data).filter(isItem)
  return isItem(json) ? [json] : []
}

/** Other objects with a type, such as events, have no id or have an `object` member. */
function isItem({ type, object, id }: JsonObject): boolean {
  return typeof type === 'string' && object === undefined && typeof id === 'string'
}
