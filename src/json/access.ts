import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** The value if it is an object, else an empty one. */
export function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** The value if it is a list, else an empty one. */
export function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

/** The value if it is a string, else an empty one. */
export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The value if it is a string that is not empty. */
export function nonEmptyText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The objects of a list; none for other values. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return asList(value).filter(isJsonObject)
}

/** The value if it is an object, the objects in it if it is a list; none for other values. */
export function asObjects(value: Json): readonly JsonObject[] {
  return isJsonObject(value) ? [value] : objectsIn(value)
}
