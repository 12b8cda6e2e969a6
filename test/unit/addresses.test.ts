import { expect, test } from 'vitest'
import { readAddress } from '../../src/server/addresses.ts'

const known =
  (...names: string[]) =>
  (name: string): boolean =>
    names.includes(name)
const read = (url: string, ...names: string[]): object => readAddress(url, {}, known(...names))

test('a path without a name is OpenAI’s as it stands', () => {
  for (const target of [
    '/v1/chat/completions',
    '/v1/files?limit=2',
    '//openai/deployments/x',
    '/',
    '/cats',
    '/sessions/1',
    '/s',
    '/c',
  ]) {
    expect(read(target)).toEqual({ session: undefined, cassette: undefined, target })
  }
})

test('a cassette’s name ends where the API’s path begins', () => {
  expect(read('/c/weather/v1/responses?a=b')).toEqual({
    session: undefined,
    cassette: 'weather',
    target: '/v1/responses?a=b',
  })
  expect(read('/c/a/b/c/v1/models')).toMatchObject({ cassette: 'a/b/c', target: '/v1/models' })
  expect(read('/c/azure/openai/deployments/x')).toMatchObject({
    cassette: 'azure',
    target: '/openai/deployments/x',
  })
  expect(read('/c/azure//openai/deployments/x')).toMatchObject({
    cassette: 'azure',
    target: '//openai/deployments/x',
  })
  expect(read('/c/x/v1beta/models')).toMatchObject({ cassette: 'x', target: '/v1beta/models' })
})

test('a session stands before its cassette', () => {
  expect(read('/s/one/v1/models')).toEqual({ session: 'one', cassette: undefined, target: '/v1/models' })
  expect(read('/s/one/c/a/b/v1/models')).toEqual({ session: 'one', cassette: 'a/b', target: '/v1/models' })
  expect(read('/s/one')).toMatchObject({ session: 'one', target: '/' })
  expect(read('/s/one?x=1')).toMatchObject({ session: 'one', target: '/?x=1' })
})

test('names are percent-decoded, the path is not', () => {
  expect(read('/s/a%20b/c/a%2Fv1%2Fb/v1/files/x%2Fy')).toEqual({
    session: 'a b',
    cassette: 'a/v1/b',
    target: '/v1/files/x%2Fy',
  })
  expect(read('/c/100%/v1/models')).toMatchObject({ cassette: '100%' })
})

test('a cassette that exists settles where its name ends', () => {
  expect(read('/c/a/b/custom/path', 'a/b')).toMatchObject({ cassette: 'a/b', target: '/custom/path' })
  expect(read('/c/a/custom/path')).toMatchObject({ cassette: 'a', target: '/custom/path' })
  expect(read('/c/team/v1/x/v1/models', 'team/v1/x')).toMatchObject({
    cassette: 'team/v1/x',
    target: '/v1/models',
  })
})

test('headers go before the address', () => {
  expect(readAddress('/s/one/c/a/v1/models', { session: 'two', cassette: 'b' }, known())).toEqual({
    session: 'two',
    cassette: 'b',
    target: '/v1/models',
  })
})
