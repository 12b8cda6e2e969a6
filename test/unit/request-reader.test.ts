import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Headers, HttpRequest } from '../../src/http/message.ts'
import { redactorOf } from '../support/redactor.ts'
import { RequestReader } from '../../src/engine/request/request-reader.ts'
import { openai } from '../../src/openai/dialect.ts'

const SECRET = 'correct-horse-battery-9'
const JSON_TYPE = ['content-type', 'application/json'] as const

function request(body: Uint8Array, ...headers: Headers): HttpRequest {
  return { method: 'POST', target: '/v1/x', headers: [JSON_TYPE, ...headers], body }
}

const plain = Buffer.from(JSON.stringify({ text: `é ${SECRET}` }))
const codings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }

for (const [coding, encode] of Object.entries(codings)) {
  test(`a request that its client compressed with ${coding} is read as what it was before, secrets out`, () => {
    const reader = new RequestReader(redactorOf([SECRET]), openai)
    const read = reader.read(request(encode(plain), ['content-encoding', coding]))
    expect(read.identity.fingerprint).toBe(reader.read(request(plain)).identity.fingerprint)
    expect(read.recorded.body).toEqual({ kind: 'json', text: '{"text":"é secret-redacted"}' })
  })
}

test('a body that only says that it is compressed is taken as it is', () => {
  const reader = new RequestReader(redactorOf(), openai)
  expect(reader.read(request(Buffer.from('{"n":1}'), ['content-encoding', 'gzip'])).recorded.body.kind).toBe(
    'json',
  )
})

test('an equal request is read once', () => {
  const reader = new RequestReader(redactorOf(), openai)
  expect(reader.read(request(plain))).toBe(reader.read(request(Buffer.from(plain))))
})

test('a secret that was learned since is taken out of an equal request', () => {
  const reader = new RequestReader(redactorOf(), openai)
  expect(JSON.stringify(reader.read(request(plain)).recorded)).toContain(SECRET)
  expect(
    JSON.stringify(reader.read(request(plain, ['authorization', `Bearer ${SECRET}`])).recorded),
  ).not.toContain(SECRET)
})

test('requests that differ in path, method, coding or a header that counts are told apart', () => {
  const reader = new RequestReader(redactorOf(), openai)
  const asked = request(plain)
  const others = [
    { ...asked, method: 'PUT' },
    { ...asked, target: '/v1/y' },
    request(plain, ['openai-beta', 'assistants=v2']),
    asked,
  ]
  expect(new Set(others.map((each) => reader.read(each).identity.fingerprint)).size).toBe(4)
  expect(reader.read(request(plain, ['x-stainless-lang', 'python'])).identity.fingerprint).toBe(
    reader.read(asked).identity.fingerprint,
  )
})
