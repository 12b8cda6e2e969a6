import type { Headers } from '../../http/message.ts'
import { CassetteError } from '../../messages/errors.ts'

/** Whether a text needs no escapes in a cassette: it has no control characters and no lone surrogates. */
export function isPrintable(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\p{Cs}]/u.test(text)
}

/** A JSON string in printable characters. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * The text of a JSON string.
 * @param where the line, for the message: `event 3`
 * @throws CassetteError for what is none
 */
export function unquoted(text: string, where: string): string {
  try {
    return JSON.parse(text) as string
  } catch {
    throw new CassetteError(`${where} starts with a quote but is not a JSON string: ${text.slice(0, 80)}`)
  }
}

/** Headers as HTTP writes them, a line each: short to read, and quick to parse. */
export function printHeaderLines(headers: Headers): string {
  return headers.map(([name, value]) => `${name}: ${value}\n`).join('')
}

/** Reads header lines. A string instead of headers is the first line that is none. */
export function parseHeaderLines(text: string): Headers | string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const headers: [string, string][] = []
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/su.exec(line) ?? []
    if (name === undefined || value === undefined) return line
    // HTTP's white space only: a no-break space is part of a value.
    headers.push([name.toLowerCase(), value.replace(/[ \t]+$/, '')])
  }
  return headers
}
