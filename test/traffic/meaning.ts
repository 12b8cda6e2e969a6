import { createHash } from 'node:crypto'
import { type Asking, boundaryOf, Digits, isObject, jsonOf, type Value } from './asking.ts'

/**
 * What a request says, told by means of its own, so that the code's idea of it can be
 * compared with another. Two requests with one text here ask for the same.
 */
export function meaningOf(asking: Asking): string {
  const [path, query] = asking.path.split(/\?(.*)/s)
  const pairs = [...new URLSearchParams(query ?? '')]
  const sorted = pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return JSON.stringify([asking.method, path, sorted, bodyOf(asking)])
}

function bodyOf(asking: Asking): unknown {
  const json = jsonOf(asking)
  if (json !== undefined) return ['json', sortedJson(json)]
  const boundary = boundaryOf(asking.type)
  if (boundary === undefined || asking.body.length === 0) return ['bytes', hash(asking.body)]
  const parts = `\r\n${asking.body.toString('latin1')}`.split(`\r\n--${boundary}`).slice(1, -1)
  return ['parts', parts.map((part) => hash(Buffer.from(part, 'latin1')))]
}

function sortedJson(value: Value): unknown {
  if (value instanceof Digits) return { number: numberOf(value.text) }
  if (Array.isArray(value)) return value.map(sortedJson)
  if (!isObject(value)) return value
  const keys = Object.keys(value).toSorted()
  return { object: keys.map((key) => [key, sortedJson(value[key] as Value)]) }
}

/** One text for a number, however it is written. */
function numberOf(text: string): string {
  return /^-?\d+$/.test(text) ? BigInt(text).toString() : String(Number(text))
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
