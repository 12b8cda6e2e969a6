import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cassette, RequestBody, ResponseBody } from '../../src/cassette/cassette.ts'
import { sha256 } from '../../src/http/bytes.ts'
import { parseCassette, printCassette } from '../../src/cassette/notation/text.ts'
import { compactJson } from '../../src/json/layout.ts'
import { cassette } from '../support/arbitrary-cassettes.ts'
import { runs } from '../support/long.ts'

/** JSON may be laid out anew: its compact form is what counts. */
function normalized(each: Cassette): Cassette {
  const body = <B extends RequestBody | ResponseBody>(b: B): B =>
    b.kind === 'json' ? { ...b, text: compactJson(b.text) } : b
  return {
    ...each,
    interactions: each.interactions.map((i) => ({
      ...i,
      request: { ...i.request, body: body(i.request.body) },
      response: { ...i.response, body: body(i.response.body) },
    })),
  }
}

test('a cassette that is printed and parsed is the same cassette', () => {
  fc.assert(
    fc.property(cassette, (each) => {
      const { text } = printCassette(each)
      expect(normalized(parseCassette(text, 'x.yaml'))).toEqual(normalized(each))
    }),
    { numRuns: runs(1000) },
  )
})

test('a cassette that is printed, parsed and printed again is the same text', () => {
  fc.assert(
    fc.property(cassette, (each) => {
      const { text } = printCassette(each)
      expect(printCassette(parseCassette(text, 'x.yaml')).text).toBe(text)
    }),
    { numRuns: runs(1000) },
  )
})

test('a cassette file is whole only up to its last line', () => {
  fc.assert(
    fc.property(cassette, fc.nat(), (each, cut) => {
      const { text } = printCassette(each)
      const part = text.slice(0, cut % (text.length - 1))
      let parsed: Cassette | undefined
      try {
        parsed = parseCassette(part, 'x.yaml')
      } catch {
        return
      }
      // What still parses has lost nothing but the line end.
      expect(printCassette(parsed).text.trimEnd()).toBe(part.trimEnd())
    }),
  )
})

test('a long binary body stands in a blob under its SHA-256', () => {
  const bytes = new Uint8Array(4097).fill(255)
  const each: Cassette = {
    version: 1,
    upstream: 'https://api.openai.com',
    recordedAt: '2026-11-22',
    interactions: [
      {
        request: {
          method: 'POST',
          path: '/',
          headers: [],
          body: { kind: 'multipart', parts: [{ name: 'f', content: { kind: 'binary', bytes } }] },
        },
        response: { status: 200, headers: [], body: { kind: 'binary', bytes } },
      },
    ],
  }
  const { text, blobs } = printCassette(each)
  expect([...blobs]).toEqual([[sha256(bytes), bytes]])
  expect(parseCassette(text, 'x').interactions[0]?.response.body).toEqual({
    kind: 'blob',
    sha256: sha256(bytes),
    size: 4097,
  })
})
