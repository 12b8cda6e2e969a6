import { expect, test } from 'vitest'
import { secretShapes } from '../../src/openai/shapes.ts'
import { isKeyLike, SecretFinder } from '../../src/redact/secrets.ts'

test('a key has a long run that is no word', () => {
  for (const key of [
    'sk-proj-Ab1Cd2Ef3Gh4Ij5K',
    'sk-0123456789abcdef',
    'org-abcdefghijklmnopqrstuvwx',
    'ek_68af0123456789abcdef',
    'sess-AbCdEfGhIjKl',
  ]) {
    expect(isKeyLike(key), key).toBe(true)
  }
})

test('words joined by dashes are no key', () => {
  for (const words of [
    'sk-learn',
    'sk-based-approach-of-2024-report',
    'org-chart',
    'org-infrastructure-2024',
    'sk-abc-123-def-456-ghi-789',
    'proj_',
    '',
    'sess-aaaaaaaaaaaa',
  ]) {
    expect(isKeyLike(words), words).toBe(false)
  }
})

test('a known value is found in every form in which it may be written', () => {
  const finder = new SecretFinder(secretShapes)
  const value = 'a+b/c=d"e&f é\\x'
  finder.learn([value])
  const forms = [
    value,
    JSON.stringify(value),
    JSON.stringify(value).replaceAll('/', String.raw`\/`),
    JSON.stringify(JSON.stringify({ value })),
    encodeURIComponent(value),
    encodeURIComponent(value).toLowerCase(),
    encodeURIComponent(encodeURIComponent(value)),
    encodeURI(value),
    new URLSearchParams({ value }).toString(),
    Buffer.from(value).toString('latin1'),
    [...value].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ]
  for (const form of forms) expect(finder.find(`<${form}>`), form).toMatchObject([{ secret: value }])
  expect(finder.find('a+b/c=d')).toEqual([])
})

test('of two known values the longer one is found', () => {
  const finder = new SecretFinder(secretShapes)
  finder.learn(['abcdefghijkl', 'abcdefghijklmnop'])
  expect(finder.find('abcdefghijklmnop abcdefghijklm')).toEqual([
    { start: 0, end: 16, secret: 'abcdefghijklmnop' },
    { start: 17, end: 29, secret: 'abcdefghijkl' },
  ])
})

test('a key that touches a known value does not hide it', () => {
  const finder = new SecretFinder(secretShapes)
  finder.learn(['hunter+2hunter'])
  const key = 'sk-proj-Ab1Cd2Ef3Gh4Ij5K'
  expect(finder.find(`${key}hunter+2hunter`).map(({ secret }) => secret.slice(0, 6))).toEqual([
    'sk-pro',
    'hunter',
  ])
  expect(finder.find(`hunter+2hunter${key}`).map(({ secret }) => secret)).toEqual(['hunter+2hunter', key])
})
