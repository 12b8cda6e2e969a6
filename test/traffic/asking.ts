import type { Exchange } from './exchanges.ts'

/** A request as a client sends it. */
export interface Asking {
  readonly method: string
  readonly path: string
  readonly type: string | undefined
  readonly body: Buffer
  readonly sdk: string
}

export function askingOf({ method, path, requestType, requestBody }: Exchange): Asking {
  return { method, path, type: requestType, body: requestBody, sdk: '1.0.0' }
}

/** A number stays as it is written: 1.0 and 1, and integers that a double cannot hold. */
export class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Value = null | boolean | string | Digits | Value[] | { [key: string]: Value }

/** The request's JSON; undefined where its body is none. */
export function jsonOf({ type, body }: Asking): Value | undefined {
  if (!/[/+]json\b/i.test(type ?? '') || body.length === 0) return undefined
  const digits = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' ? new Digits(context?.source ?? String(value)) : value
  return JSON.parse(body.toString(), digits) as Value
}

export function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits)
}

/** Keys from the last to the first, wide white space, and all that is not ASCII escaped, as Python has it. */
export function writtenOtherwise(value: Value): string {
  if (value instanceof Digits) return value.text
  if (Array.isArray(value)) return `[\n\t${value.map(writtenOtherwise).join(' ,\r\n')} ]`
  if (isObject(value)) {
    const members = Object.entries(value)
      .toReversed()
      .map(([key, member]) => `${escaped(key)}  :\n ${writtenOtherwise(member)}`)
    return `{ ${members.join('\n,')}\t}`
  }
  return typeof value === 'string' ? escaped(value) : String(value)
}

function escaped(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export function boundaryOf(type: string | undefined): string | undefined {
  const found = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type ?? '')
  return found?.[1] ?? found?.[2]
}

/** The same parts between other boundaries. */
export function withOtherBoundary(asking: Asking): Asking | undefined {
  const old = boundaryOf(asking.type)
  if (old === undefined) return undefined
  const other = 'another-boundary-0123456789'
  const body = asking.body.toString('latin1').replaceAll(`--${old}`, `--${other}`)
  return { ...asking, type: `multipart/form-data; boundary=${other}`, body: Buffer.from(body, 'latin1') }
}

/** Names from the last to the first, each with its values in their order. */
export function withOtherQueryOrder(asking: Asking): Asking | undefined {
  const [path, query] = asking.path.split(/\?(.*)/s)
  const pairs = (query ?? '').split('&').filter((pair) => pair !== '')
  const names = [...new Set(pairs.map((pair) => pair.split('=')[0] as string))]
  if (names.length < 2) return undefined
  const order = names.toReversed().flatMap((name) => pairs.filter((pair) => pair.split('=')[0] === name))
  return { ...asking, path: `${path}?${order.join('&')}` }
}

export function withOtherJson(asking: Asking): Asking | undefined {
  const json = jsonOf(asking)
  return json === undefined ? undefined : { ...asking, body: Buffer.from(writtenOtherwise(json)) }
}

export function withJson(asking: Asking, value: Value): Asking {
  return { ...asking, body: Buffer.from(writtenOtherwise(value)) }
}
