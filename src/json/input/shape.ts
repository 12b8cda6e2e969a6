import { nearestWord } from '../../messages/nearest-word.ts'
import type { InputPlace } from './place.ts'

/** A schema in the manner of JSON Schema, draft 2020-12. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** Schemas by their names, to which others refer. */
export type SchemaDefinitions = Map<string, JsonSchema>

/** What a value may be. Checks it, words the refusal, and documents it. */
export interface Shape<T> {
  /** In words, with an example: `a whole number from 1, such as 3`. */
  readonly expected: string
  /** @throws what the place fails with, where the value is anything else */
  readonly read: (value: unknown, place: InputPlace) => T
  /** Undefined where JSON has nothing of the kind. */
  readonly schema: (definitions: SchemaDefinitions) => JsonSchema | undefined
}

/** A member that an object may lack. */
export interface OptionalShape<T> extends Shape<T> {
  readonly isOptional: true
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { ...shape, isOptional: true }
}

/**
 * A shape whose values are checked further, or turned into something else.
 * @param parse refuses at the place what it cannot take
 */
export function parsed<T, U>(shape: Shape<T>, parse: (value: T, place: InputPlace) => U): Shape<U> {
  return { ...shape, read: (value, place) => parse(shape.read(value, place), place) }
}

/** @param accepts a pattern becomes part of the JSON Schema */
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

/** A string with something in it. */
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

/** Only this value. */
export function literal<const T extends string | number | boolean>(only: T, expected?: string): Shape<T> {
  return basic(
    expected ?? (typeof only === 'string' ? `'${only}'` : String(only)),
    { const: only },
    (value): value is T => value === only,
  )
}

interface Range {
  readonly from?: number
  /** Excluded itself. */
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
 * One of some words.
 * @param what what they are, where they are too many to be listed whenever one is misspelt
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

/** @param expected in words, with an example: `a list of names, such as ['a']` */
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

/** What JSON cannot hold. */
export function codeOnly<T>(expected: string, accepts: (value: unknown) => value is T): Shape<T> {
  return {
    expected,
    read: (value, place) =>
      accepts(value) ? value : place.expected(expected, value, place.source.withoutCode ?? ''),
    schema: () => undefined,
  }
}

export function isRegExp(value: unknown): value is RegExp {
  // Those of other realms, too.
  return Object.prototype.toString.call(value) === '[object RegExp]'
}

/** @param expected with an example: `a function, such as (text) => text.trim()` */
export function func<F>(expected: string): Shape<F> {
  return codeOnly(expected, (value): value is F => typeof value === 'function')
}

/**
 * One of several shapes.
 * @param choose by the look of the value; undefined where it is like none of them
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
