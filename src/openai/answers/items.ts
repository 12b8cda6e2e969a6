import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** What a client may send back as a whole: messages of a completion, output items of a Response, items of a list. */
export function itemsOf(json: Json): readonly JsonObject[] {
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

/** Events and other things have types too: what an item has besides is known. */
function isItem(json: JsonObject): boolean {
  return typeof json['type'] === 'string' && json['object'] === undefined && typeof json['id'] === 'string'
}

export function objectsIn(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? (list as readonly Json[]).filter(isJsonObject) : []
}
