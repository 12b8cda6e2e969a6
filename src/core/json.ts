/**
 * JSON as a value. Integers too large for a double are kept as bigint, so that
 * two of them that differ in the last digit stay different.
 */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** Parses JSON text; undefined when it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return /\d{16}/.test(text) ? parseExactly(text) : (JSON.parse(text) as Json)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function parseExactly(text: string): Json {
  try {
    return JSON.parse(text, reviveLargeIntegers) as Json
  } catch (error) {
    // A reviver recurses, JSON.parse alone does not: nesting past the stack's depth costs exactness only.
    if (error instanceof RangeError) return JSON.parse(text) as Json
    throw error
  }
}

function reviveLargeIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value
  return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One text per value: keys sorted, no white space. Iterative, so that depth is no limit. */
export function canonicalJson(root: Json): string {
  const out: string[] = []
  const todo: (Json | Verbatim)[] = [root]
  while (todo.length > 0) {
    const value = todo.pop() as Json | Verbatim
    if (value instanceof Verbatim) out.push(value.text)
    else if (Array.isArray(value)) pushReversed(todo, arrayPieces(value))
    else if (typeof value === 'object' && value !== null) pushReversed(todo, objectPieces(value as JsonObject))
    else out.push(scalar(value as Scalar))
  }
  return out.join('')
}

type Scalar = null | boolean | number | bigint | string

class Verbatim {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function scalar(value: Scalar): string {
  if (typeof value === 'string') return JSON.stringify(value)
  // JSON has no negative zero worth telling apart, and 1e400 parses as Infinity.
  return Object.is(value, -0) ? '0' : String(value)
}

function* arrayPieces(array: readonly Json[]): Generator<Json | Verbatim> {
  for (const [i, item] of array.entries()) {
    yield new Verbatim(i === 0 ? '[' : ',')
    yield item
  }
  yield new Verbatim(array.length === 0 ? '[]' : ']')
}

function* objectPieces(object: JsonObject): Generator<Json | Verbatim> {
  const keys = Object.keys(object).toSorted()
  for (const [i, key] of keys.entries()) {
    yield new Verbatim(`${i === 0 ? '{' : ','}${JSON.stringify(key)}:`)
    yield object[key] as Json
  }
  yield new Verbatim(keys.length === 0 ? '{}' : '}')
}

function pushReversed<T>(stack: T[], items: Iterable<T>): void {
  const list = [...items]
  for (let i = list.length - 1; i >= 0; i--) stack.push(list[i] as T)
}
