import { expect, test } from 'vitest'
import { CassetteError } from '../../src/messages/errors.ts'
import { lineEndOf, parseEventLines, printEventLines } from '../../src/cassette/notation/event-lines.ts'

const printed = (raw: string): string => printEventLines([{ offset: 7, raw }], '\n')

test('an event of JSON is its data, one with a name its name and data', () => {
  expect(printed('data: {"a":1}\n\n')).toBe('7 {"a":1}\n')
  expect(printed('data: [DONE]\n\n')).toBe('7 [DONE]\n')
  expect(printed('event: response.done\ndata: {}\n\n')).toBe('7 response.done {}\n')
  expect(printed('event: x\ndata:  a b \n\n')).toBe('7 x  a b \n')
})

test('whatever the short forms do not give back is a JSON string', () => {
  for (const raw of [
    ': ping\n\n',
    'data: plain\n\n',
    'data:{}\n\n',
    'data: {}\r\n\r\n',
    'data: {}\n',
    'data: {\ndata: }\n\n',
    'id: 1\ndata: {}\n\n',
    'data: {}\nevent: x\n\n',
    'event: a b\ndata: {}\n\n',
  ]) {
    expect(printed(raw)).toBe(`7 ${JSON.stringify(raw)}\n`)
  }
})

test('characters that break lines elsewhere are escaped', () => {
  expect(printed('data: {"a":"\u2028\u0085\uFEFF"}\n\n')).toBe(
    String.raw`7 "data: {\"a\":\"\u2028\u0085\ufeff\"}\n\n"` + '\n',
  )
})

test('a stream with CRLF reads as well as one with LF', () => {
  const events = [
    { offset: 1, raw: 'data: {}\r\n\r\n' },
    { offset: 2, raw: 'event: x\r\ndata: y\r\n\r\n' },
  ]
  expect(lineEndOf(events)).toBe('\r\n')
  expect(printEventLines(events, '\r\n')).toBe('1 {}\n2 x y\n')
  expect(parseEventLines('1 {}\n2 x y\n', '\r\n')).toEqual(events)
  expect(lineEndOf([])).toBe('\n')
})

test('a line that is no event is refused by its number', () => {
  for (const line of ['', 'x', '7', '7 ', '1.5 {}', '-1 {}']) {
    expect(() => parseEventLines(`1 {}\n${line}\n`, '\n')).toThrow(CassetteError)
    expect(() => parseEventLines(`1 {}\n${line}\n`, '\n')).toThrow(/^event 2 must be/)
  }
  expect(() => parseEventLines('1 "cut', '\n')).toThrow(
    /^event 1 starts with a quote but is not a JSON string/,
  )
  expect(() => parseEventLines('1 nameonly\n', '\n')).toThrow(/^event 1 must be/)
})
