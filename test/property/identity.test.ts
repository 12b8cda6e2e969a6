import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRequestBody } from '../../src/cassette/bodies/body.ts'
import { encodeText, joinBytes } from '../../src/http/bytes.ts'
import type { RecordedRequest } from '../../src/cassette/cassette.ts'
import { parseCassette, printCassette } from '../../src/cassette/notation/text.ts'
import { canonicalJson, type Json, parseJson } from '../../src/json/json.ts'
import { compactJson, prettyJson } from '../../src/json/layout.ts'
import { multipartBoundary, parseMultipart } from '../../src/cassette/bodies/multipart.ts'
import { requestBody } from '../support/arbitrary-cassettes.ts'
import { bytes, headers, jsonText, text } from '../support/arbitraries.ts'
import { identify } from '../../src/openai/shapes.ts'
import { runs } from '../support/long.ts'

function post(body: RecordedRequest['body'], path = '/v1/x', given: RecordedRequest['headers'] = []): string {
  return identify({ method: 'POST', path, headers: given, body }).fingerprint
}

function posted(body: string): string {
  return post(readRequestBody(encodeText(body), 'application/json'))
}

test('white space and the order of keys do not count', () => {
  fc.assert(
    fc.property(jsonText, (json) => {
      const canonical = canonicalJson(parseJson(json) as Json).replaceAll('Infinity', '1e400')
      expect(posted(prettyJson(json))).toBe(posted(json))
      expect(posted(compactJson(json))).toBe(posted(json))
      expect(posted(canonical)).toBe(posted(json))
    }),
    { numRuns: runs(1000) },
  )
})

test('any other leaf is another request', () => {
  fc.assert(
    fc.property(jsonText, jsonText, (a, b) => {
      const same = canonicalJson(parseJson(a) as Json) === canonicalJson(parseJson(b) as Json)
      expect(posted(a) === posted(b)).toBe(same)
    }),
    { numRuns: runs(1000) },
  )
})

test('large integers that differ in the last digit differ, however deep they stand', () => {
  const at = (digit: number, depth: number): string =>
    posted(`${'[1,'.repeat(depth)}1234567890123456789${digit}${']'.repeat(depth)}`)
  expect(at(1, 0)).not.toBe(at(2, 0))
  expect(at(1, 500)).not.toBe(at(2, 500))
})

test('the order of query names does not count, that of one name’s values does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'b[]', '__proto__'), fc.constantFrom('', '1', '2', 'é')), {
        maxLength: 5,
      }),
      (pairs) => {
        const path = (some: [string, string][]): string => `/v1/x?${new URLSearchParams(some).toString()}`
        const byName = pairs.toSorted(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0))
        expect(post({ kind: 'empty' }, path(byName))).toBe(post({ kind: 'empty' }, path(pairs)))
        expect(post({ kind: 'empty' }, path([...pairs, ['a', '3']]))).not.toBe(
          post({ kind: 'empty' }, path(pairs)),
        )
      },
    ),
  )
  expect(post({ kind: 'empty' }, '/x?a=1&a=2')).not.toBe(post({ kind: 'empty' }, '/x?a=2&a=1'))
  expect(post({ kind: 'empty' }, '/x?a=1&a=2')).not.toBe(post({ kind: 'empty' }, '/x?a=3&a=2'))
})

interface FormPart {
  readonly name: string
  readonly filename: string | undefined
  readonly content: Uint8Array
}

const formPart: fc.Arbitrary<FormPart> = fc.record({
  name: text,
  filename: fc.option(text, { nil: undefined }),
  content: fc.oneof(bytes, text.map(encodeText), jsonText.map(encodeText)),
})

/** A form as fetch writes it (the WHATWG's escapes), under this boundary. */
function form(parts: readonly FormPart[], boundary: string): Uint8Array {
  const escaped = (each: string): string =>
    each
      .replaceAll(/\r\n|\r|\n/g, '%0D%0A')
      .replaceAll('"', '%22')
      .replaceAll('\\', '\\\\')
  const pieces = parts.flatMap(({ name, filename, content }) => [
    encodeText(`--${boundary}\r\ncontent-disposition: form-data; name="${escaped(name)}"`),
    encodeText(
      filename === undefined ? '\r\n\r\n' : `; filename="${escaped(filename)}"\r\nContent-Type: a/b\r\n\r\n`,
    ),
    content,
    encodeText('\r\n'),
  ])
  return joinBytes([...pieces, encodeText(`--${boundary}--\r\n`)])
}

test('a form is its parts, whatever its boundary', () => {
  fc.assert(
    fc.property(fc.array(formPart, { maxLength: 4 }), (parts) => {
      const read = (boundary: string): RecordedRequest['body'] =>
        readRequestBody(form(parts, boundary), `multipart/form-data; boundary="${boundary}"`)
      const body = read('----one+1')
      if (body.kind !== 'multipart') throw new Error('no form was read')
      expect(body.parts.map(({ content }) => content)).toEqual(
        parts.map(({ content }) => readRequestBody(content, 'text/plain')),
      )
      expect(post(read('two'))).toBe(post(body))
      if (parts.length > 0) expect(post({ ...body, parts: body.parts.slice(1) })).not.toBe(post(body))
    }),
    { numRuns: runs(1000) },
  )
})

test('a boundary is read in quotes and without', () => {
  expect(multipartBoundary('multipart/form-data; charset=utf-8; boundary=a+b')).toBe('a+b')
  expect(multipartBoundary('Multipart/Form-Data; Boundary="a b;c"')).toBe('a b;c')
  expect(multipartBoundary('application/json; boundary=a')).toBeUndefined()
})

test('bytes that do not follow their boundary are no form', () => {
  fc.assert(
    fc.property(bytes, text, (some, more) => {
      const whole = joinBytes([some, encodeText(more)])
      expect(parseMultipart(whole, 'not-in-there')).toBeUndefined()
      const cut = form([{ name: 'a', filename: 'b', content: whole }], 'x')
      expect(parseMultipart(cut.subarray(0, -8), 'x')).toBeUndefined()
    }),
  )
})

test('a request from the file matches as the one that was recorded', () => {
  fc.assert(
    fc.property(requestBody, headers, text, (body, given, path) => {
      const request: RecordedRequest = { method: 'POST', path: `/${path}`, headers: given, body }
      const response = { status: 200, headers: [], body: { kind: 'empty' as const } }
      const { text: file } = printCassette({
        version: 1,
        upstream: 'http://a',
        recordedAt: '2026-11-22',
        interactions: [{ request, response }],
      })
      expect(identify(parseCassette(file, 'x').interactions[0]?.request as RecordedRequest)).toEqual(
        identify(request),
      )
    }),
    { numRuns: runs(1000) },
  )
})

test('every value of a repeated header counts', () => {
  const beta = (...values: string[]): string =>
    post(
      { kind: 'empty' },
      '/',
      values.map((value) => ['openai-beta', value] as const),
    )
  expect(beta('a', 'c')).not.toBe(beta('b', 'c'))
  expect(beta('a', 'b')).toBe(beta('a, b'))
})

test('bodies of different kinds are different requests', () => {
  const bodies: RecordedRequest['body'][] = [
    { kind: 'empty' },
    { kind: 'json', text: 'null' },
    { kind: 'json', text: '"abc"' },
    { kind: 'text', text: 'abc' },
    { kind: 'multipart', parts: [] },
    { kind: 'json', text: '{"multipart":[]}' },
  ]
  expect(new Set(bodies.map((body) => post(body))).size).toBe(bodies.length)
})
