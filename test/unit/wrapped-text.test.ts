import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { WrappedText } from '../../src/cli/demo/wrapped-text.ts'

/** What was written after each piece, and after the end. */
function writing(width: number, pieces: readonly string[]): string[] {
  const stream = new PassThrough().setEncoding('utf8')
  const text = new WrappedText(stream, '  ', width)
  const written = (): string => (stream.read() as string | null) ?? ''
  const each = pieces.map((piece) => {
    text.write(piece)
    return written()
  })
  text.end()
  return [...each, written()]
}

test('each word is written as soon as it is whole', () => {
  expect(writing(80, ['A wor', 'd', ' and an', 'other'])).toEqual(['  A', '', ' word and', '', ' another\n'])
})

test('lines break between words, where the next one would not fit', () => {
  expect(writing(9, ['one two six ten']).join('')).toBe('  one two\n  six ten\n')
  expect(writing(8, ['one two six ten']).join('')).toBe('  one\n  two\n  six\n  ten\n')
})

test('a word that is longer than a line has a line of its own', () => {
  expect(writing(6, ['a elephant b']).join('')).toBe('  a\n  elephant\n  b\n')
})

test('line breaks in the text are spaces', () => {
  expect(writing(80, ['one\n', '\ntwo']).join('')).toBe('  one two\n')
})
