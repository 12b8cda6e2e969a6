import { UsageError } from '../../messages/errors.ts'
import { nearestWord } from '../../messages/nearest-word.ts'

/** The keys and indices that lead to a value. */
export type InputPath = readonly (string | number)[]

/** Where a user's input comes from: the options of a call, a flag or a file. */
export interface InputSource {
  /** The noun for a value in messages: a call has options, a file has fields. */
  readonly noun: 'option' | 'field'
  /** The name of the entire input in messages. Empty if messages already begin with it. */
  readonly name: string
  /** The end of a message: why functions and regular expressions are impossible here. Undefined if they are possible. */
  readonly withoutCode?: string | undefined
  /** Redacts secrets in a text. */
  readonly redact: (text: string) => string
  readonly fail: (path: InputPath, message: string) => never
}

/** The position of a value in a user's input. Writes the messages about invalid values. */
export class InputPlace {
  readonly source: InputSource
  readonly #path: InputPath

  constructor(source: InputSource, path: InputPath = []) {
    this.source = source
    this.#path = path
  }

  at(step: string | number): InputPlace {
    return new InputPlace(this.source, [...this.#path, step])
  }

  /**
   * Rejects a value of the wrong kind.
   * @param what the expected kind, with an example: `a list of names, such as ['a']`
   * @param hint the end of the message, including its leading punctuation
   */
  expected(what: string, found: unknown, hint = ''): never {
    return this.refuse(`expected ${what}, found ${describe(found, this.source.redact)}${hint}`)
  }

  refuse(message: string): never {
    const { name, noun } = this.source
    const label = this.#path.length === 0 ? name : `${noun} \`${printPath(this.#path)}\``
    return this.source.fail(this.#path, label === '' ? message : `${label}: ${message}`)
  }

  refuseUnknown(key: string, known: readonly string[]): never {
    const path = [...this.#path, key]
    return this.source.fail(
      path,
      `unknown ${this.source.noun} \`${printPath(path)}\`${orNearest(key, known)}`,
    )
  }
}

/**
 * The place of an entire set of options.
 * @param from the file, flag or variable that the options come from; empty for the options of a call
 */
export function optionsFrom(
  from: string,
  redact: (text: string) => string,
  more: Partial<Pick<InputSource, 'noun' | 'withoutCode'>> = {},
): InputPlace {
  return new InputPlace({
    noun: 'option',
    name: from === '' ? 'options' : '',
    redact,
    ...more,
    fail: (_path, message) => {
      throw new UsageError(redact(from === '' ? message : `${from}: ${message}`))
    },
  })
}

/** Parses JSON that a user wrote. */
export function jsonAt(text: string, place: InputPlace): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return place.refuse(`not valid JSON: ${error.message}`)
    throw error
  }
}

/** The end of a message about an unknown name. It suggests the nearest known name, or lists all of them. */
export function orNearest(name: string, known: readonly string[]): string {
  const nearest = nearestWord(name, known)
  if (nearest !== undefined) return `; did you mean \`${nearest}\`?`
  const all = known.map((each) => `\`${each}\``)
  return all.length === 1 ? `; the only one is ${all[0]}` : `; expected one of ${all.join(', ')}`
}

const SHOWN_CHARACTERS = 60
const SHOWN_KEYS = 3

/** Describes a value for a message. */
function describe(value: unknown, redact: (text: string) => string): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return inQuotes(redact(value))
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value !== 'object' || value === null) return String(value)
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
  if (kind !== 'Object') return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`
  const keys = Object.keys(value)
  if (keys.length === 0) return 'an empty object'
  const shown = keys.slice(0, SHOWN_KEYS).map((key) => `\`${redact(key)}\``)
  return `an object with ${shown.join(', ')}${keys.length > SHOWN_KEYS ? ' and more' : ''}`
}

/** A text as a JavaScript string literal, truncated if it is long. */
function inQuotes(text: string): string {
  // Do not split a surrogate pair.
  const cut = text.slice(0, SHOWN_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '')
  const escaped = JSON.stringify(cut)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
  return `'${escaped}${cut.length < text.length ? '…' : ''}'`
}

/** `matchers.normalize[0].match`. Names that are not identifiers are quoted. */
function printPath(path: InputPath): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[\w$-]+$/.test(step)) return `[${inQuotes(step)}]`
      return i === 0 ? step : `.${step}`
    })
    .join('')
}
