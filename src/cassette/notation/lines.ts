import type { Headers } from '../../http/message.ts'
import { CassetteError } from '../../messages/errors.ts'

/** Whether a text can be written to a cassette without escapes: no control characters, no lone surrogates. */
export function isPrintable(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\p{Cs}]/u.test(text)
}

/** Formats a text as a JSON string of printable characters. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * Parses a JSON string.
 * @param where the line, for the message: `event 3`
 * @throws CassetteError if the text is not a JSON string
 */
export function unquoted(text: string, where: string): string {
  try {
    return JSON.parse(text) as string
  } catch {
    throw new CassetteError(`${where} starts with a quote but is not a JSON string: ${text.slice(0, 80)}`)
  }
}

/** Prints headers as in HTTP, one per line. */
export function printHeaderLines(headers: Headers): string {
  return headers.map(([name, value]) => `${name}: ${value}\n`).join('')
}

/** Reads header lines. Returns the first invalid line as a string, if there is one. */
export function parseHeaderLines(text: string): Headers | string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const headers: [string, string][] = []
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/su.exec(line) ?? []
    if (name === undefined || value === undefined) return line
    // HTTP trims only spaces and tabs: a no-break space is part of the value.
    headers.push([name.toLowerCase(), value.replace(/[ \t]+$/, '')])
  }
  return headers
}
