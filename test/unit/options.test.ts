import { expect, test } from 'vitest'
import { UsageError } from '../../src/messages/errors.ts'
import {
  type CassetteOptions,
  checkRepeat,
  resolveOptions,
  secretsOf,
} from '../../src/vcr/options/options.ts'
import { didYouMean } from '../../src/messages/nearest-word.ts'

test('options that nobody sets have their defaults', () => {
  expect(resolveOptions({}, {})).toMatchObject({
    mode: 'replay',
    dir: 'cassettes',
    upstream: undefined,
    repeat: 'error',
    timing: 'instant',
    redact: [],
    keepTruncated: false,
  })
})

test('the flag goes before the environment, that before the code', () => {
  const options: CassetteOptions = { dir: 'code', upstream: 'http://code' }
  const env = { OPENAI_VCR_CASSETTES: 'env', OPENAI_VCR_UPSTREAM: 'http://env' }
  expect(resolveOptions(options, {})).toMatchObject({ dir: 'code', upstream: 'http://code' })
  expect(resolveOptions(options, env)).toMatchObject({ dir: 'env', upstream: 'http://env' })
  expect(resolveOptions(options, env, { dir: 'flag', upstream: 'http://flag' })).toMatchObject({
    dir: 'flag',
    upstream: 'http://flag',
  })
  expect(resolveOptions(options, { OPENAI_VCR_CASSETTES: '', OPENAI_VCR_UPSTREAM: '' })).toMatchObject({
    dir: 'code',
  })
})

test('an unknown option is refused with the nearest known one', () => {
  const refused =
    (options: object): (() => unknown) =>
    () =>
      resolveOptions(options as CassetteOptions, {})
  expect(refused({ repaet: 'last' })).toThrow("unknown option 'repaet'; did you mean 'repeat'?")
  expect(refused({ Mode: 'live' })).toThrow("did you mean 'mode'?")
  expect(refused({ somethingElse: 1 })).toThrow(/unknown option 'somethingElse'; known are mode, dir/)
  expect(refused({ repaet: 'last' })).toThrow(UsageError)
})

test('an upstream is a URL of HTTP without credentials, query or fragment', () => {
  expect(resolveOptions({ upstream: 'https://openrouter.ai/api/' }, {}).upstream).toBe(
    'https://openrouter.ai/api',
  )
  for (const upstream of ['api.openai.com', 'ftp://a', 'localhost:8080', ' ']) {
    expect(() => resolveOptions({ upstream }, {})).toThrow(/is no upstream: expected a URL/)
  }
  for (const upstream of ['https://me:hunter2@a', 'https://a?key=hunter2', 'https://a#hunter2']) {
    expect(() => resolveOptions({ upstream }, {})).toThrow(UsageError)
    expect(() => resolveOptions({ upstream }, {})).not.toThrow(/hunter2/)
  }
})

test('a key in an upstream that is none is not repeated', () => {
  const upstream = 'gateway.test/sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6'
  expect(() => resolveOptions({ upstream }, {})).toThrow("'gateway.test/sk-redacted' is no upstream")
})

test('values that mean nothing are refused', () => {
  expect(() => checkRepeat('never')).toThrow("'never' is no way to repeat: expected error, last, cycle")
  for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => resolveOptions({ timing: { speed } }, {})).toThrow(/timing/)
  }
  expect(resolveOptions({ timing: { speed: 0.5 } }, {}).timing).toEqual({ speed: 0.5 })
})

test('the environment’s secrets are known by their names', () => {
  const env = {
    OPENAI_API_KEY: 'a',
    my_token: 'b',
    X_SECRET: 'c',
    DB_PASSWORD: 'd',
    OPENAI_ORG_ID: 'e',
    KEYBOARD: 'f',
    TOKEN_COUNT: 'g',
    UNSET_KEY: undefined,
  }
  expect(secretsOf(env)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('what is too far from every word is no slip', () => {
  expect(didYouMean('repeta', ['repeat', 'record'])).toBe("; did you mean 'repeat'?")
  expect(didYouMean('xxxxxxxx', ['repeat', 'record'])).toBe('; known are repeat, record')
})
