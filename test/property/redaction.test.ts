import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvents, readRequestBody, readResponseBody } from '../../src/cassette/bodies/body.ts'
import { encodeText } from '../../src/http/bytes.ts'
import type { RecordedRequest, RecordedResponse } from '../../src/cassette/cassette.ts'
import { parseJson } from '../../src/json/json.ts'

import { redactorOf } from '../support/redactor.ts'
import { identify } from '../../src/openai/shapes.ts'
import { runs } from '../support/long.ts'

const KNOWN = [
  'p@ss+w/rd="é x\\0',
  'abcdefghijkl',
  '123456789012',
  'sk-KNOWN-known1known2',
  'with\nnew\nlines\n!',
] as const
const SHAPED = [
  'sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6',
  'org-Ab1Cd2Ef3Gh4Ij5Kl6Mn7',
  'proj_Ab1Cd2Ef3Gh4Ij5Kl6Mn',
] as const
const SECRETS = [...KNOWN, ...SHAPED]
const AROUND = [
  '',
  ' ',
  'a',
  '7',
  '-',
  '_',
  '"',
  '\\',
  '\n',
  '.',
  'sk-',
  'sk-redacted',
  'secret-redacted-2',
  '%2520',
  'task-',
  '%20',
  'é',
  '😀',
  '-3',
] as const

const pieces = fc.array(fc.oneof(fc.constantFrom(...SECRETS), fc.constantFrom(...AROUND)), { maxLength: 7 })
const text = pieces.map((each) => each.join(''))

const jsonOf = (a: string, b: string, name: string): string =>
  JSON.stringify({ [b]: [a, { [name]: b, text: a + b }], n: 1, nested: JSON.stringify({ a }) })
const requestOf = (written: fc.Arbitrary<string>, name = 'api_key'): fc.Arbitrary<RecordedRequest> =>
  fc
    .tuple(
      written,
      written,
      fc.constantFrom(
        'application/json',
        'text/plain',
        'application/octet-stream',
        'application/x-www-form-urlencoded',
      ),
    )
    .map(([a, b, type]) => {
      const bodies = {
        'application/json': encodeText(jsonOf(a, b, name)),
        'text/plain': encodeText(a),
        'application/octet-stream': new Uint8Array([255, ...encodeText(a), 0]),
        'application/x-www-form-urlencoded': encodeText(new URLSearchParams({ [name]: a, b }).toString()),
      }
      return {
        method: 'POST',
        path: `/v1/${encodeURIComponent(a)}?b=${encodeURIComponent(b)}`,
        headers: [],
        body: readRequestBody(bodies[type], type),
      }
    })

const request = requestOf(text)
/**
 * Without digits or placeholders behind a secret, which would read as a number of its
 * placeholder; and without credentials by name, of which a session takes note.
 */
const plainRequest = requestOf(
  text.filter((each) => !/redacted|-3|7/.test(each)),
  'plain',
)

const response: fc.Arbitrary<RecordedResponse> = fc
  .tuple(
    text,
    text,
    fc.array(text, { maxLength: 6 }),
    fc.constantFrom('json', 'text', 'binary', 'deltas', 'raw'),
  )
  .map(([a, b, deltas, kind]) => {
    const raws = deltas.map((each) =>
      kind === 'deltas'
        ? JSON.stringify({ choices: [{ index: 0, delta: { content: each } }] })
        : each.replaceAll('\n', ' '),
    )
    const bodies = {
      json: readResponseBody(encodeText(jsonOf(a, b, 'api_key'))),
      text: readResponseBody(encodeText(a)),
      binary: readResponseBody(new Uint8Array([255, ...encodeText(a), 0])),
    }
    const events = readEvents(raws.map((raw, offset) => ({ offset, bytes: encodeText(`data: ${raw}\n\n`) })))
    const body = kind === 'deltas' || kind === 'raw' ? (events as RecordedResponse['body']) : bodies[kind]
    return { status: 200, headers: [['x-a', a.replaceAll('\n', ' ')]], body }
  })

test('redaction of what is redacted changes nothing', () => {
  fc.assert(
    fc.property(request, response, (asked, answered) => {
      const redactor = redactorOf(KNOWN)
      const [once, answer] = [redactor.request(asked), redactor.response(answered)]
      expect(redactor.request(once)).toEqual(once)
      expect(redactor.response(answer)).toEqual(answer)
      expect(redactor.leak(once, answer)).toBeUndefined()
    }),
    { numRuns: runs(700) },
  )
})

test('JSON stays JSON when secrets are taken out of it', () => {
  fc.assert(
    fc.property(request, response, (asked, answered) => {
      const redactor = redactorOf(KNOWN, [/new/])
      for (const { body } of [redactor.request(asked), redactor.response(answered)]) {
        if (body.kind === 'json') expect(parseJson(body.text)).toBeDefined()
      }
    }),
    { numRuns: runs(1000) },
  )
})

test('equal requests stay equal, whatever a session saw before', () => {
  fc.assert(
    fc.property(plainRequest, fc.array(plainRequest, { maxLength: 3 }), (asked, before) => {
      const [fresh, used] = [redactorOf(KNOWN), redactorOf(KNOWN)]
      for (const each of before) used.request(each)
      expect(identify(used.request(asked)).fingerprint).toBe(identify(fresh.request(asked)).fingerprint)
    }),
    { numRuns: runs(700) },
  )
})

test('other secrets of the same kind at the same places make the same request', () => {
  const tail = fc
    .string({ unit: fc.constantFrom(...'abAB12'), minLength: 20, maxLength: 20 })
    .map((each) => `${each}x9Y8z7W6v5U4`)
  const kinds = fc.array(fc.constantFrom('sk-', 'sk-proj-', 'org-', 'proj_', 'ek_', ' and ', 'ordinary '), {
    maxLength: 6,
  })
  const of = (all: readonly string[], tails: readonly string[]): RecordedRequest => {
    const body = all
      .map((each, i) => (each.endsWith(' ') ? each : `${each}${tails[i % tails.length]} `))
      .join('')
    return {
      method: 'POST',
      path: '/',
      headers: [],
      body: { kind: 'json', text: JSON.stringify({ body, again: [body] }) },
    }
  }
  fc.assert(
    fc.property(kinds, fc.uniqueArray(tail, { minLength: 12, maxLength: 12 }), (all, tails) => {
      const [one, two] = [tails.slice(0, 6), tails.slice(6)]
      expect(identify(redactorOf().request(of(all, one)))).toEqual(
        identify(redactorOf().request(of(all, two))),
      )
    }),
  )
})
