import { encodeText } from '../../http/bytes.ts'
import { UsageError } from '../../messages/errors.ts'
import type { Json } from '../../json/json.ts'
import { parsePath } from '../../json/path.ts'
import { nearestWord } from '../../messages/nearest-word.ts'
import type { Fault, FaultAnswer, FaultCondition, FaultKind, FaultRule, ReadCondition } from './rules.ts'

const CONDITIONS = ['websocket', 'method', 'path', 'model', 'body'] as const
const TURNS = ['nth', 'first', 'every'] as const
const KINDS = [
  'error',
  'answer',
  'timeout',
  'reset',
  'cut',
  'stall',
  'corrupt',
  'errorEvent',
  'close',
] as const
const FIELDS = ['when', ...TURNS, ...KINDS, 'delay'] as const

/**
 * Reads a list of faults.
 * @param where the file or option that it is from, as messages name it
 * @param errors names of the catalogue
 * @throws UsageError that names the file, the fault and the field
 */
export function readFaults(data: unknown, where: string, errors: readonly string[]): readonly Fault[] {
  if (!Array.isArray(data)) throw new UsageError(`${where}: expected a list of faults`)
  return data.map((rule: unknown, i) => new RuleReader(`${where}: fault ${i + 1}`, errors).read(rule, i + 1))
}

class RuleReader {
  readonly #where: string
  readonly #errors: readonly string[]

  constructor(where: string, errors: readonly string[]) {
    this.#where = where
    this.#errors = errors
  }

  read(data: unknown, number: number): Fault {
    const rule = fieldsOf(data, FIELDS, this.#where) as FaultRule
    const named = KINDS.filter((kind) => rule[kind] !== undefined)
    if (named.length > 1)
      throw this.#wrong(`does more than one thing: ${named.join(', ')}; give each a fault`)
    const turns = TURNS.filter((turn) => rule[turn] !== undefined)
    if (turns.length > 1) throw this.#wrong(`has ${turns.join(' and ')}; give one of them`)
    const [kind] = named
    if (kind === undefined && rule.delay === undefined)
      throw this.#wrong(`does nothing: give one of ${KINDS.join(', ')}, delay`)
    return {
      number,
      when: this.#condition(rule.when ?? {}, kind === 'close'),
      isDue: this.#turn(rule),
      does: kind === undefined ? { kind: 'delay' } : this.#kind(kind, rule),
      delay: rule.delay === undefined ? 0 : this.#whole(rule.delay, 'delay', 1),
    }
  }

  /** @param closes whether it can happen to WebSockets only */
  #condition(data: FaultCondition, closes: boolean): ReadCondition {
    const when = fieldsOf(data, CONDITIONS, `${this.#where}: when`) as FaultCondition
    const { websocket = closes, method, path, model, body } = when
    if (typeof websocket !== 'boolean') throw this.#wrong(`'when.websocket' must be true or false`)
    if (closes && !websocket) throw this.#wrong(`'close' is about WebSockets: leave 'when.websocket' out`)
    if (websocket && body !== undefined)
      throw this.#wrong(`'when.body' holds for no WebSocket: a handshake has no body`)
    const values =
      body === undefined
        ? {}
        : (fieldsOf(body, undefined, `${this.#where}: when.body`) as Readonly<Record<string, Json>>)
    return {
      websocket,
      method: method === undefined ? undefined : this.#text(method, 'when.method').toUpperCase(),
      path: path === undefined ? undefined : wildcard(this.#text(path, 'when.path')),
      model: model === undefined ? undefined : wildcard(this.#text(model, 'when.model')),
      body: Object.entries(values).map(([at, value]) => ({ steps: this.#path(at), value })),
    }
  }

  #turn({ nth, first, every }: FaultRule): (nth: number) => boolean {
    if (first !== undefined) {
      const most = this.#whole(first, 'first', 1)
      return (n) => n <= most
    }
    if (every !== undefined) {
      const step = this.#whole(every, 'every', 1)
      return (n) => n % step === 0
    }
    if (nth === undefined) return () => true
    const numbers = (Array.isArray(nth) ? nth : [nth]).map((each: unknown) => this.#whole(each, 'nth', 1))
    return (n) => numbers.includes(n)
  }

  #kind(kind: (typeof KINDS)[number], rule: FaultRule): FaultKind {
    const value = rule[kind]
    const fields = (known: readonly string[]): Readonly<Record<string, unknown>> =>
      fieldsOf(value, known, `${this.#where}: ${kind}`)
    switch (kind) {
      case 'timeout':
      case 'reset':
        if (value !== true) throw this.#wrong(`'${kind}' must be true`)
        return { kind }
      case 'error':
        return { kind, error: this.#error(value, 'error') }
      case 'answer':
        return { kind, answer: this.#answer(fields(['status', 'headers', 'body'])) }
      case 'cut':
        return { kind, after: this.#whole(fields(['after'])['after'], 'cut.after', 0) }
      case 'stall': {
        const { after, ms } = fields(['after', 'ms'])
        return { kind, after: this.#whole(after, 'stall.after', 0), ms: this.#whole(ms, 'stall.ms', 1) }
      }
      case 'corrupt':
        return { kind, event: this.#whole(fields(['event'])['event'], 'corrupt.event', 1) }
      case 'errorEvent': {
        const { at, error = 'server_error' } = fields(['at', 'error'])
        return {
          kind,
          at: this.#whole(at, 'errorEvent.at', 1),
          error: this.#error(error, 'errorEvent.error'),
        }
      }
      case 'close': {
        const { code, reason = '', after = 0 } = fields(['code', 'reason', 'after'])
        return {
          kind,
          code: this.#closeCode(code),
          reason: this.#closeReason(reason),
          after: this.#whole(after, 'close.after', 0),
        }
      }
    }
  }

  #answer(data: Readonly<Record<string, unknown>>): FaultAnswer {
    const { status, headers = {}, body = '' } = data
    if (!isWhole(status) || status < 200 || status > 599)
      throw this.#wrong(`'answer.status' must be a status from 200 to 599`)
    const lines = fieldsOf(headers, undefined, `${this.#where}: answer.headers`)
    for (const [name, value] of Object.entries(lines)) {
      if (
        typeof value !== 'string' ||
        !/^[\w!#$%&'*+.^`|~-]+$/.test(name) ||
        /[^\t\x20-\xFF]|\x7F/.test(value)
      )
        throw this.#wrong(`'answer.headers' has '${name}', which cannot be sent: give a name and a text`)
    }
    return { status, headers: lines as Readonly<Record<string, string>>, body: body as Json }
  }

  #error(value: unknown, field: string): string {
    const name = this.#text(value, field)
    if (this.#errors.includes(name)) return name
    throw this.#wrong(`'${field}' is '${name}', which no error is called${meant(name, this.#errors)}`)
  }

  #closeCode(value: unknown): number {
    if (value === 1006)
      throw this.#wrong(`'close.code' is 1006, which is said of a connection that breaks: use 'cut'`)
    if (isWhole(value) && (isStandardClose(value) || (value >= 3000 && value <= 4999))) return value
    throw this.#wrong(
      `'close.code' must be a code of WebSockets that can be sent: 1000 to 1003, 1007 to 1014, or 3000 to 4999`,
    )
  }

  #closeReason(value: unknown): string {
    const text = this.#text(value, 'close.reason')
    if (encodeText(text).length <= 123) return text
    throw this.#wrong(`'close.reason' is longer than the 123 bytes that WebSockets have for it`)
  }

  #path(text: string): ReturnType<typeof parsePath> {
    try {
      return parsePath(text)
    } catch (error) {
      if (error instanceof UsageError) throw this.#wrong(`when.body: ${error.message}`)
      throw error
    }
  }

  #whole(value: unknown, field: string, least: number): number {
    if (isWhole(value) && value >= least) return value
    throw this.#wrong(`'${field}' must be a whole number from ${least}, not ${JSON.stringify(value)}`)
  }

  #text(value: unknown, field: string): string {
    if (typeof value === 'string') return value
    throw this.#wrong(`'${field}' must be a text, not ${JSON.stringify(value)}`)
  }

  #wrong(why: string): UsageError {
    return new UsageError(`${this.#where}: ${why}`)
  }
}

/** Those that are sent: 1004 to 1006 stand for what is not said. */
function isStandardClose(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/** An object's fields; any names where none are known. */
export function fieldsOf(
  data: unknown,
  known: readonly string[] | undefined,
  where: string,
): Readonly<Record<string, unknown>> {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new UsageError(`${where}: expected an object, not ${JSON.stringify(data)}`)
  const unknown = Object.keys(data).find((key) => known !== undefined && !known.includes(key))
  if (unknown !== undefined)
    throw new UsageError(`${where}: unknown field '${unknown}'${meant(unknown, known as readonly string[])}`)
  return data as Readonly<Record<string, unknown>>
}

function meant(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known)
  return nearest === undefined ? `; known are ${known.join(', ')}` : `; did you mean '${nearest}'?`
}

/** `*` stands for any characters. */
function wildcard(text: string): RegExp {
  const literal = text.split('*').map((each) => each.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${literal.join('.*')}$`, 's')
}
