import type { StreamEvent } from '../cassette.ts'
import { CassetteError } from '../../messages/errors.ts'
import { isPrintable, quoted, unquoted } from './lines.ts'
import { readEvent } from '../../http/sse.ts'

/**
 * Prints a stream with one event per line: `OFFSET DATA`, or `OFFSET NAME DATA` if the event has a name.
 * `OFFSET "RAW"` (a JSON string) is for events whose exact bytes the short forms cannot reproduce:
 * comments, several data lines, a truncated event.
 */
export function printEventLines(events: readonly StreamEvent[], eol: LineEnd): string {
  return events.map((event) => `${event.offset} ${notation(event.raw, eol)}\n`).join('')
}

export type LineEnd = '\n' | '\r\n'

/** The line break that most events use. */
export function lineEndOf(events: readonly StreamEvent[]): LineEnd {
  return events.filter((event) => event.raw.includes('\r\n')).length * 2 > events.length ? '\r\n' : '\n'
}

export function parseEventLines(text: string, eol: LineEnd): StreamEvent[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line, i) => parseLine(line, i + 1, eol))
}

function parseLine(line: string, number: number, eol: LineEnd): StreamEvent {
  const space = line.indexOf(' ')
  const [offset, rest] = [line.slice(0, Math.max(0, space)), line.slice(space + 1)]
  if (!/^\d{1,15}$/.test(offset) || !/^["[{]|^[^ ]+ /.test(rest)) {
    throw new CassetteError(
      `event ${number} must be 'OFFSET DATA', 'OFFSET NAME DATA' or 'OFFSET "RAW"' with the offset in whole milliseconds, not: ${line.slice(0, 80)}`,
    )
  }
  return {
    offset: Number(offset),
    raw: rest.startsWith('"') ? unquoted(rest, `event ${number}`) : expand(rest, eol),
  }
}

function notation(raw: string, eol: LineEnd): string {
  const short = shorten(raw)
  return short !== undefined && expand(short, eol) === raw ? short : quoted(raw)
}

/** Data that can be printed without a name, because no event name begins with these characters. */
const BARE_DATA = /^[{[]/

function shorten(raw: string): string | undefined {
  const { name, data } = readEvent(raw)
  if (data === undefined || data === '' || !isPrintable(data) || data.includes('\n')) return undefined
  if (name === undefined) return BARE_DATA.test(data) ? data : undefined
  return /^[A-Za-z][\w.-]*$/.test(name) ? `${name} ${data}` : undefined
}

function expand(short: string, eol: LineEnd): string {
  if (BARE_DATA.test(short)) return `data: ${short}${eol}${eol}`
  const space = short.indexOf(' ')
  return `event: ${short.slice(0, space)}${eol}data: ${short.slice(space + 1)}${eol}${eol}`
}
