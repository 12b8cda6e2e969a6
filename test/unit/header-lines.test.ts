import { expect, test } from 'vitest'
import { parseHeaderLines, printHeaderLines } from '../../src/cassette/notation/lines.ts'

test('headers are a line each, repeated ones repeated, in their order', () => {
  const headers = [
    ['b', '1'],
    ['a', '2'],
    ['b', ''],
    ['x_y', 'c: d # e'],
  ] as const
  expect(printHeaderLines(headers)).toBe('b: 1\na: 2\nb: \nx_y: c: d # e\n')
  expect(parseHeaderLines(printHeaderLines(headers))).toEqual(headers)
})

test('what a person writes is read: other case, blank lines, more space, no last line end', () => {
  expect(parseHeaderLines('\nContent-Type:  text/plain  \n\nA:b')).toEqual([
    ['content-type', 'text/plain'],
    ['a', 'b'],
  ])
})

test('a no-break space is part of a value', () => {
  expect(parseHeaderLines('a: \u00a0b\u00a0\n')).toEqual([['a', '\u00a0b\u00a0']])
})

test('a line that is no header is named', () => {
  for (const line of ['no colon', ': no name', 'a b: c', 'é: 1'])
    expect(parseHeaderLines(`a: 1\n${line}\n`)).toBe(line)
})
