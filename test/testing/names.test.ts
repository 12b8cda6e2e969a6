import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkName } from '../../src/node/cassette-name.ts'
import { FileNames, folderOf } from '../../src/testing/names.ts'
import { slug } from '../../src/testing/slug.ts'
import { tempDir } from '../support/temp.ts'

const HERE = '/project/test/weather.test.ts'

function namesOf(...titles: readonly (readonly string[])[]): string[] {
  const names = new FileNames('/project', HERE)
  return titles.map((each) => names.name(each))
}

test('a cassette is named after the path of the test file and the titles of its test', () => {
  expect(namesOf(['Tells the weather'], ['the agent', 'asks (twice)'])).toEqual([
    'test/weather/tells-the-weather',
    'test/weather/the-agent--asks-twice',
  ])
})

test('letters and digits of any script stay', () => {
  expect(slug('Größe: 日本語の テスト № 5 — हिन्दी ½')).toBe('größe-日本語の-テスト-no-5-हिन्दी-1-2')
  expect(slug('ＦＵＬＬ-width ﬁ')).toBe('full-width-fi')
})

test('a key in a title is not part of a name', () => {
  const [one, other] = ['sk-proj-abcdefghij0123456789ABCDEFGH', 'sk-proj-0123456789abcdefghijABCDEFGH']
  expect(namesOf([`asks with ${one}`], [`asks with ${other}`])).toEqual([
    'test/weather/asks-with-sk-redacted',
    'test/weather/asks-with-sk-redacted-2',
  ])
})

test('what has no letters is named by a hash of it', () => {
  const [first, second, again] = namesOf(['???'], ['🎉'], ['???'])
  expect(first).toMatch(/^test\/weather\/test-[0-9a-f]{8}$/)
  expect(second).toMatch(/^test\/weather\/test-[0-9a-f]{8}$/)
  expect(second).not.toBe(first)
  expect(again).toBe(`${first}-2`)
})

test('tests that would have one name are numbered as they are defined', () => {
  expect(namesOf(['a'], ['A'], ['a!'], ['a 2'], ['b'])).toEqual([
    'test/weather/a',
    'test/weather/a-2',
    'test/weather/a-3',
    'test/weather/a-2-2',
    'test/weather/b',
  ])
})

test('what one suite cuts elsewhere than another is not the same', () => {
  expect(new Set(namesOf(['a', 'b c'], ['a b', 'c'], ['a', 'b', 'c'], ['a b c'])).size).toBe(4)
})

test('a long title is cut, and a hash tells it from others that begin as it does', () => {
  const [first, second] = namesOf(['x'.repeat(300)], [`${'x'.repeat(300)}y`]) as [string, string]
  expect(first).not.toBe(second)
  for (const name of [first, second]) expect(name).toMatch(/^test\/weather\/x{91}-[0-9a-f]{8}$/)
  const [japanese] = namesOf(['日'.repeat(300)]) as [string]
  expect(Buffer.byteLength(japanese)).toBeLessThan(120)
})

test('names that Windows keeps for itself, and the folder of large bodies, are not taken', () => {
  expect(namesOf(['con'], ['Aux'], ['com1'])).toEqual([
    'test/weather/con-test',
    'test/weather/aux-test',
    'test/weather/com1-test',
  ])
  expect(folderOf('blobs.test.ts', [])).toBe('blobs-test')
})

test('the folder is the path of the test file without its endings', () => {
  expect(folderOf('src/agents/Weather Agent.test.ts', [])).toBe('src/agents/weather-agent')
  expect(folderOf('a.spec.mts', [])).toBe('a')
  expect(folderOf('a.b.test.tsx', [])).toBe('a-b')
  expect(folderOf('weather.js', [])).toBe('weather')
  expect(folderOf('../shared/a.test.ts', [])).toBe('up/shared/a')
})

test('of files that would have one folder all but one are named in full', () => {
  const files = ['a.spec.ts', 'a.test.ts', 'A.test.js', 'a.ts', 'b.test.ts']
  expect(files.map((file) => folderOf(`x/${file}`, files))).toEqual([
    'x/a-spec-ts',
    'x/a',
    'x/a-test-js',
    'x/a-ts',
    'x/b',
  ])
})

test('the files beside a test file are looked for on the disk', async () => {
  const dir = await tempDir()
  await mkdir(path.join(dir, 'x'))
  for (const file of ['a.spec.ts', 'a.test.ts']) await writeFile(path.join(dir, 'x', file), '')
  expect(new FileNames(dir, path.join(dir, 'x/a.spec.ts')).folder).toBe('x/a-spec-ts')
})

test('whatever the titles, names can be files anywhere, and no two are the same file', () => {
  const char = fc.constantFrom(
    'a',
    'A',
    'b',
    '-',
    '.',
    '/',
    ' ',
    'ſ',
    'ß',
    'K',
    'é',
    'e\u0301',
    '日',
    '🎉',
    '2',
  )
  const title = fc.string({ unit: char, maxLength: 40 })
  const odd = fc.constantFrom('con', 'NUL.txt', '..', '', 'a'.repeat(250), '日'.repeat(80))
  const titles = fc.array(fc.array(fc.oneof(title, odd), { minLength: 1, maxLength: 3 }), { maxLength: 12 })
  fc.assert(
    fc.property(titles, fc.array(fc.oneof(title, odd), { maxLength: 4 }), (tests, folders) => {
      const names = new FileNames(
        '/project',
        path.join('/project', ...folders.map((each) => each.replaceAll('/', '')), 'a.test.ts'),
      )
      const all = tests.map((each) => names.name(each))
      for (const name of all) checkName(name)
      const files = all.map((name) => name.normalize('NFD').toUpperCase())
      expect(new Set(files).size).toBe(all.length)
    }),
  )
})
