import type { Headers } from '../../http/message.ts'

/** Headers the way HTTP writes them, a line each: short to read, and quick to parse. */
export function printHeaderLines(headers: Headers): string {
  return headers.map(([name, value]) => `${name}: ${value}\n`).join('')
}

/** Reads header lines; a string instead of headers names the line that is none. */
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
