/**
 * A parsed JSON value. Integers too large for a double are parsed as bigint, so that
 * two integers that differ only in the last digit stay different.
 */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** Parses JSON text. Undefined if it is not valid JSON. */
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
    // JSON.parse recurses only with a reviver. JSON nested too deeply for the stack is parsed with rounded integers.
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

/** The same text for equal values: keys are sorted, and there is no white space. */
export function canonicalJson(root: Json): string {
  return stringify(root, (keys) => keys.toSorted())
}

/** JSON for display: keys stay in their order. */
export function jsonText(root: Json): string {
  return stringify(root, (keys) => keys)
}

type Order = (keys: readonly string[]) => readonly string[]

/** Iterative, so that deep nesting cannot overflow the stack. */
function stringify(root: Json, order: Order): string {
  const open: OpenContainer[] = []
  let out = ''
  let value = root
  for (;;) {
    if (typeof value === 'object' && value !== null) {
      const container = containerOf(value, order)
      open.push(container)
      out += container.keys === undefined ? '[' : '{'
    } else out += scalar(value)
    let container = open.at(-1)
    while (container !== undefined && container.at === container.items.length) {
      out += container.keys === undefined ? ']' : '}'
      open.pop()
      container = open.at(-1)
    }
    if (container === undefined) return out
    if (container.at > 0) out += ','
    if (container.keys !== undefined) out += `${JSON.stringify(container.keys[container.at])}:`
    value = container.items[container.at] as Json
    container.at += 1
  }
}

type Scalar = null | boolean | number | bigint | string

/** A list or an object that is being written. */
interface OpenContainer {
  /** The keys of an object, in the order in which they are written. */
  readonly keys?: readonly string[]
  readonly items: readonly Json[]
  /** The index of the next item. */
  at: number
}

function containerOf(value: readonly Json[] | JsonObject, order: Order): OpenContainer {
  if (!isJsonObject(value)) return { items: value, at: 0 }
  const keys = order(Object.keys(value))
  return { keys, items: keys.map((key) => value[key] as Json), at: 0 }
}

function scalar(value: Scalar): string {
  if (typeof value === 'string') return JSON.stringify(value)
  // -0 and 0 are the same value. 1e400 parses as Infinity, which JSON.stringify would turn into null.
  return Object.is(value, -0) ? '0' : String(value)
}
