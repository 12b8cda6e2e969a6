import { nearestWord } from '../../messages/nearest-word.ts'
import type { InputPlace } from './place.ts'

/** A JSON Schema, draft 2020-12. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** Schemas that other schemas refer to, by name. */
export type SchemaDefinitions = Map<string, JsonSchema>

/** The values that an input accepts: how they are checked, described in messages, and documented as JSON Schema. */
export interface Shape<T> {
  /** A description for messages, with an example: `a whole number from 1, such as 3`. */
  readonly expected: string
  /** @throws the error of the place if the value does not fit */
  readonly read: (value: unknown, place: InputPlace) => T
  /** Undefined if JSON cannot express the value. */
  readonly schema: (definitions: SchemaDefinitions) => JsonSchema | undefined
}

/** The shape of an optional member. */
export interface OptionalShape<T> extends Shape<T> {
  readonly isOptional: true
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { ...shape, isOptional: true }
}

/**
 * Adds a check or a conversion to a shape.
 * @param parse reports invalid values to the place
 */
export function parsed<T, U>(shape: Shape<T>, parse: (value: T, place: InputPlace) => U): Shape<U> {
  return { ...shape, read: (value, place) => parse(shape.read(value, place), place) }
}

/** @param accepts a regular expression is also added to the JSON Schema */
export function string(
  expected = 'a string',
  accepts?: RegExp | ((value: string) => boolean),
): Shape<string> {
  // JSON Schema needs no backslash before a slash.
  const pattern = accepts instanceof RegExp ? { pattern: accepts.source.replaceAll(String.raw`\/`, '/') } : {}
  return basic(expected, { type: 'string', ...pattern }, (value): value is string => {
    if (typeof value !== 'string') return false
    return accepts === undefined || (accepts instanceof RegExp ? accepts.test(value) : accepts(value))
  })
}

/** A non-empty string. */
export function someString(expected: string): Shape<string> {
  return basic(
    expected,
    { type: 'string', minLength: 1 },
    (value): value is string => typeof value === 'string' && value !== '',
  )
}

export const BOOLEAN: Shape<boolean> = basic(
  'true or false',
  { type: 'boolean' },
  (value) => typeof value === 'boolean',
)

export function literal<const T extends string | number | boolean>(only: T, expected?: string): Shape<T> {
  return basic(
    expected ?? (typeof only === 'string' ? `'${only}'` : String(only)),
    { const: only },
    (value): value is T => value === only,
  )
}

interface Range {
  readonly from?: number
  /** An exclusive lower bound. */
  readonly over?: number
  readonly to?: number
}

export function number(expected: string, range: Range): Shape<number> {
  return basic(
    expected,
    { type: 'number', ...bounds(range) },
    (value): value is number => Number.isFinite(value) && isWithin(value as number, range),
  )
}

export function wholeNumber(range: { from: number; to?: number }, example: number): Shape<number> {
  const { from, to } = range
  return basic(
    `a whole number from ${from}${to === undefined ? '' : ` to ${to}`}, such as ${example}`,
    { type: 'integer', ...bounds(range) },
    (value): value is number => Number.isSafeInteger(value) && isWithin(value as number, range),
  )
}

function bounds({ from, over, to }: Range): JsonSchema {
  return {
    ...(from === undefined ? {} : { minimum: from }),
    ...(over === undefined ? {} : { exclusiveMinimum: over }),
    ...(to === undefined ? {} : { maximum: to }),
  }
}

function isWithin(value: number, { from = -Infinity, over = -Infinity, to = Infinity }: Range): boolean {
  return value >= from && value > over && value <= to
}

/**
 * One of a list of words.
 * @param what a description for messages, for a list that is too long to be printed
 */
export function oneOf<const T extends string>(words: readonly T[], what?: string): Shape<T> {
  const all = words.map((word) => `'${word}'`)
  const listed = all.length === 1 ? `${all[0]}` : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`
  const expected = what ?? listed
  return {
    expected,
    read: (value, place) => {
      const known = words.find((word) => word === value)
      if (known !== undefined) return known
      const nearest = typeof value === 'string' ? nearestWord(value, words) : undefined
      if (nearest !== undefined) return place.expected(expected, value, `; did you mean '${nearest}'?`)
      return place.expected(listed, value)
    },
    schema: () => ({ enum: words }),
  }
}

/** @param expected a description for messages, with an example: `a list of names, such as ['a']` */
export function list<T>(
  item: Shape<T>,
  expected: string,
  { from = 0 }: { readonly from?: number } = {},
): Shape<readonly T[]> {
  return {
    expected,
    read: (value, place) => {
      if (!Array.isArray(value) || value.length < from) return place.expected(expected, value)
      return value.map((each: unknown, i) => item.read(each, place.at(i)))
    },
    schema: (definitions) => {
      const items = item.schema(definitions)
      if (items === undefined) return undefined
      return { type: 'array', items, ...(from === 0 ? {} : { minItems: from }) }
    },
  }
}

/** A value that JSON cannot express, such as a function. */
export function codeOnly<T>(expected: string, accepts: (value: unknown) => value is T): Shape<T> {
  return {
    expected,
    read: (value, place) =>
      accepts(value) ? value : place.expected(expected, value, place.source.withoutCode ?? ''),
    schema: () => undefined,
  }
}

export function isRegExp(value: unknown): value is RegExp {
  // `instanceof` fails for patterns from other realms.
  return Object.prototype.toString.call(value) === '[object RegExp]'
}

/** @param expected a description for messages, with an example: `a function, such as (text) => text.trim()` */
export function func<F>(expected: string): Shape<F> {
  return codeOnly(expected, (value): value is F => typeof value === 'function')
}

/**
 * A value of one of several shapes.
 * @param choose picks the shape to check the value against; undefined if none fits
 */
export function either<T>(
  expected: string,
  shapes: readonly Shape<T>[],
  choose: (value: unknown) => Shape<T> | undefined,
): Shape<T> {
  return {
    expected,
    read: (value, place) => {
      const shape = choose(value)
      return shape === undefined ? place.expected(expected, value) : shape.read(value, place)
    },
    schema: (definitions): JsonSchema | undefined => {
      const schemas = shapes.flatMap((shape) => shape.schema(definitions) ?? [])
      return schemas.length < 2 ? (schemas[0] as JsonSchema | undefined) : { oneOf: schemas }
    },
  }
}

function basic<T>(expected: string, schema: JsonSchema, accepts: (value: unknown) => value is T): Shape<T> {
  return {
    expected,
    read: (value, place) => (accepts(value) ? value : place.expected(expected, value)),
    schema: () => schema,
  }
}
