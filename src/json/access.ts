import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** The value if it is an object, otherwise an empty object. */
export function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** The value if it is a list, otherwise an empty list. */
export function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

/** The value if it is a string, otherwise an empty string. */
export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The value if it is a non-empty string. */
export function nonEmptyText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The objects in a list. Empty if the value is not a list. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return asList(value).filter(isJsonObject)
}

/** An object as a list of one, or the objects in a list. Empty for other values. */
export function asObjects(value: Json): readonly JsonObject[] {
  return isJsonObject(value) ? [value] : objectsIn(value)
}
