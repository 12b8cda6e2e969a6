import { expect, test } from 'vitest'
import { UsageError } from '../../src/messages/errors.ts'
import { checkName } from '../../src/node/cassette-name.ts'

test('a name may have folders, spaces and letters of any script', () => {
  for (const name of ['a', 'a/b/c', 'weather in Paris', '日本語', 'a.b', 'a-1_2', 'x'.repeat(200)])
    expect(() => checkName(name)).not.toThrow()
})

test('a name that leaves the directory, or that some file system cannot hold, is refused', () => {
  for (const name of [
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/../b',
    '.hidden',
    'a/.b',
    'a.',
    'a ',
    'a/b. ',
    'a\\b',
    'C:a',
    'a*',
    'a?',
    'a"',
    'a<b',
    'a|b',
    'a\0b',
    'a\nb',
    'a\u007f',
    'x'.repeat(201),
  ]) {
    expect(() => checkName(name), JSON.stringify(name)).toThrow(UsageError)
  }
})

test('names that Windows keeps for devices are refused', () => {
  for (const name of ['con', 'NUL', 'a/aux', 'com1', 'lpt9.x', 'prn.txt'])
    expect(() => checkName(name), name).toThrow(UsageError)
})

test('what is no text names nothing', () => {
  for (const name of [undefined, null, 5, {}])
    expect(() => checkName(name as unknown as string), String(name)).toThrow(
      "a cassette's name must be a text",
    )
})
