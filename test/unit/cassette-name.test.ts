import { expect, test } from 'vitest'
import { optionsFrom } from '../../src/json/input/place.ts'
import { UsageError } from '../../src/messages/errors.ts'
import { CASSETTE_NAME, checkName, isName } from '../../src/node/cassette-name.ts'

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

const read = (name: unknown): string =>
  CASSETTE_NAME.read(
    name,
    optionsFrom('cassette', (text) => text),
  )

test.for([
  [undefined, 'found nothing'],
  [5, 'found 5'],
  ['', "found '': it is empty"],
  ['x'.repeat(321), "…': it is too long: it has 321 characters, and the maximum is 200"],
  ['/a', "found '/a': it begins or ends with '/', or has two in a row"],
  ['a//b', "it begins or ends with '/', or has two in a row"],
  ['a/../b', "'..' begins with a dot"],
  ['a.', "'a.' ends with a dot"],
  ['a /b', "'a ' ends with a space"],
  ['a:b', 'it contains :, which some file systems cannot store'],
  ['a\nb', 'it contains a control character'],
  ['a/NUL.x', "'NUL.x' is a device on Windows"],
  ['agents/weather.yaml', "leave out '.yaml', which is the file extension: 'agents/weather'"],
  ['weather.YML', "leave out '.YML'"],
] as const)('%j is refused with the rule that it breaks', ([name, message]) => {
  expect(() => read(name)).toThrow(UsageError)
  expect(() => read(name)).toThrow(
    /^cassette: expected a name, such as 'weather' or 'agents\/weather', found /,
  )
  expect(() => read(name)).toThrow(message)
})

test('a name that users give is the same that the store takes', () => {
  for (const name of ['a', 'a/b', 'weather.yaml.d/x', '日本語']) {
    expect(read(name)).toBe(name)
    expect(isName(name)).toBe(true)
  }
})

test('a file whose name ends twice can still be read', () => {
  expect(() => checkName('weather.yaml')).not.toThrow()
})
