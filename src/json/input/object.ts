import type { InputPlace } from './place.ts'
import type { JsonSchema, OptionalShape, SchemaDefinitions, Shape } from './shape.ts'

/** A shape for each member of an object. The compiler checks that none is missing and that optional ones are marked. */
export type Members<T> = {
  readonly [K in keyof T]-?: {} extends Pick<T, K> ? OptionalShape<Exclude<T[K], undefined>> : Shape<T[K]>
}

export interface ObjectShape<T> extends Shape<T> {
  readonly members: Readonly<Record<string, Shape<unknown>>>
}

/**
 * An object with these members and no others.
 * @param expected a description for messages, with an example: `an object, such as { usd: 0.01 }`
 */
export function object<T extends object>(expected: string, members: Members<T>): ObjectShape<T> {
  const all = members as Readonly<Record<string, Shape<unknown>>>
  return {
    expected,
    members: all,
    read: (value, place) => {
      const data = objectAt(value, expected, place)
      refuseUnknown(data, Object.keys(all), place)
      const entries = Object.entries(all).flatMap(([key, shape]) => {
        const member = data[key]
        return member === undefined && isOptional(shape) ? [] : [[key, shape.read(member, place.at(key))]]
      })
      return Object.fromEntries(entries) as T
    },
    schema: (definitions) => objectSchema(all, definitions),
  }
}

/** An object whose members have arbitrary names and the same shape. */
export function record<T>(
  value: Shape<T>,
  expected: string,
  name?: Shape<string>,
): Shape<Readonly<Record<string, T>>> {
  return {
    expected,
    read: (data, place) =>
      Object.fromEntries(
        Object.entries(objectAt(data, expected, place)).map(([key, each]) => {
          name?.read(key, place.at(key))
          return [key, value.read(each, place.at(key))]
        }),
      ),
    schema: (definitions) => {
      const names = name?.schema(definitions)
      return {
        type: 'object',
        ...(names === undefined ? {} : { propertyNames: names }),
        additionalProperties: value.schema(definitions),
      }
    },
  }
}

/** An object of one of several shapes. Exactly one of the keys must be present: `{ text }` or `{ blob, size }`. */
export function byKey<T extends object>(
  expected: string,
  shapes: Readonly<Record<string, ObjectShape<T>>>,
): Shape<T> {
  const members = Object.assign(
    {},
    ...Object.values(shapes).map((shape) => shape.members),
  ) as ObjectShape<T>['members']
  const keys = Object.keys(shapes)
  return {
    expected,
    read: (value, place) => {
      const data = objectAt(value, expected, place)
      refuseUnknown(data, Object.keys(members), place)
      const present = keys.filter((key) => data[key] !== undefined)
      const shape = present.length === 1 ? shapes[present[0] as string] : undefined
      if (shape !== undefined) return shape.read(value, place)
      const those = present.map((key) => `\`${key}\``).join(' and ')
      return place.refuse(
        `expected exactly one of ${keys.map((key) => `\`${key}\``).join(', ')}, found ${those || 'none'}`,
      )
    },
    schema: (definitions) => {
      const { required: _required, ...schema } = objectSchema(members, definitions)
      const common = (key: string): boolean => Object.values(shapes).every((shape) => key in shape.members)
      const required = (own: ObjectShape<T>['members'], isCommon: boolean): readonly string[] =>
        Object.keys(own).filter((key) => !isOptional(own[key]) && common(key) === isCommon)
      const always = required(members, true)
      return {
        ...(always.length === 0 ? {} : { required: always }),
        ...schema,
        oneOf: Object.values(shapes).map((shape) => ({ required: required(shape.members, false) })),
      }
    },
  }
}

/** Whether a value is a plain object, not a list, a pattern, a date or a function. It may come from another realm. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]'
}

function objectAt(value: unknown, expected: string, place: InputPlace): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : place.expected(expected, value)
}

function refuseUnknown(data: object, known: readonly string[], place: InputPlace): void {
  const unknown = Object.keys(data).find((key) => !known.includes(key))
  if (unknown !== undefined) place.refuseUnknown(unknown, known)
}

function isOptional(shape: Shape<unknown> | undefined): boolean {
  return shape !== undefined && 'isOptional' in shape
}

function objectSchema(members: ObjectShape<unknown>['members'], definitions: SchemaDefinitions): JsonSchema {
  const required = Object.keys(members).filter((key) => !isOptional(members[key]))
  const properties = Object.entries(members).flatMap(([key, shape]) => {
    const schema = shape.schema(definitions)
    return schema === undefined ? [] : [[key, schema] as const]
  })
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  }
}
