import { expect, test } from 'vitest'
import { UsageError } from '../../src/messages/errors.ts'
import type { CassetteOptions } from '../../src/vcr/options/options.ts'
import { resolveOptions } from '../../src/vcr/options/resolve-options.ts'
import { secretsOf } from '../../src/vcr/options/secrets.ts'

function refused(options: object, env: Readonly<Record<string, string>> = {}): () => unknown {
  return () => resolveOptions(options as CassetteOptions, env)
}

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
  expect(refused({ repaet: 'last' })).toThrow('unknown option `repaet`; did you mean `repeat`?')
  expect(refused({ Mode: 'live' })).toThrow('did you mean `mode`?')
  expect(refused({ somethingElse: 1 })).toThrow(
    /unknown option `somethingElse`; expected one of `mode`, `dir`/,
  )
  expect(refused({ repaet: 'last' })).toThrow(UsageError)
})

test('an upstream is a URL of HTTP without credentials, query or fragment, wherever it is set', () => {
  expect(resolveOptions({ upstream: 'https://openrouter.ai/api/' }, {}).upstream).toBe(
    'https://openrouter.ai/api',
  )
  for (const upstream of ['api.openai.com', 'ftp://a', 'localhost:8080', ' ']) {
    expect(refused({ upstream })).toThrow(
      `option \`upstream\`: expected a URL, such as 'https://api.openai.com', found '${upstream}'`,
    )
    expect(refused({}, { OPENAI_VCR_UPSTREAM: upstream })).toThrow(/^OPENAI_VCR_UPSTREAM: expected a URL/)
  }
  for (const upstream of [
    'https://me:hunter2@a',
    'https://a?key=hunter2',
    'https://a#hunter2',
    'me:hunter2@a',
  ]) {
    expect(refused({ upstream })).toThrow(UsageError)
    expect(refused({ upstream })).not.toThrow(/hunter2/)
  }
})

test('a key in an option that is none is not repeated, nor is a secret of the environment', () => {
  expect(refused({ upstream: 'gateway.test/sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6' })).toThrow(
    "found 'gateway.test/sk-redacted'",
  )
  expect(refused({ repeat: 'sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6' })).toThrow("found 'sk-redacted'")
  expect(refused({ dir: 5, 'x8Kq-v2Lm-77Tz': 1 }, { OTHER_KEY: 'x8Kq-v2Lm-77Tz' })).not.toThrow(/x8Kq/)
})

test('values that mean nothing are refused', () => {
  expect(refused({ repeat: 'never' })).toThrow(
    "option `repeat`: expected 'error', 'last' or 'cycle', found 'never'",
  )
  for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(refused({ timing: { speed } })).toThrow(
      'option `timing.speed`: expected a number over 0, such as 2',
    )
  expect(resolveOptions({ timing: { speed: 0.5 } }, {}).timing).toEqual({ speed: 0.5 })
})

test('an unknown mode in code is refused under CI too', () => {
  expect(refused({ mode: 'recrod' }, { CI: '1' })).toThrow(/^option `mode`: .*; did you mean 'record'\?$/)
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
