import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvents, readRequestBody, readResponseBody } from '../../src/core/body.ts'
import { encodeText } from '../../src/core/bytes.ts'
import type { RecordedRequest, RecordedResponse } from '../../src/core/cassette.ts'
import { UsageError } from '../../src/core/errors.ts'
import { parseJson } from '../../src/core/json.ts'
import { identify } from '../../src/core/matchers.ts'
import { isPlaceholder } from '../../src/core/redaction/placeholders.ts'
import { Redactor } from '../../src/core/redaction/redactor.ts'

const KNOWN = ['p@ss+w/rd="é x\\0', 'abcdefghijkl', '123456789012', 'sk-KNOWN-known1known2', 'with\nnew\nlines\n!'] as const
const SHAPED = ['sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6', 'org-Ab1Cd2Ef3Gh4Ij5Kl6Mn7', 'proj_Ab1Cd2Ef3Gh4Ij5Kl6Mn'] as const
const SECRETS = [...KNOWN, ...SHAPED]
const AROUND = ['', ' ', 'a', '7', '-', '_', '"', '\\', '\n', '.', 'sk-', 'sk-redacted', 'secret-redacted-2', '%2520', 'task-', '%20', 'é', '😀', '-3'] as const

const pieces = fc.array(fc.oneof(fc.constantFrom(...SECRETS), fc.constantFrom(...AROUND)), { maxLength: 7 })
const text = pieces.map((each) => each.join(''))

const jsonOf = (a: string, b: string, name: string): string => JSON.stringify({ [b]: [a, { [name]: b, text: a + b }], n: 1, nested: JSON.stringify({ a }) })
const requestOf = (written: fc.Arbitrary<string>, name = 'api_key'): fc.Arbitrary<RecordedRequest> => fc
  .tuple(written, written, fc.constantFrom('application/json', 'text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded'))
  .map(([a, b, type]) => {
    const bodies = {
      'application/json': encodeText(jsonOf(a, b, name)),
      'text/plain': encodeText(a),
      'application/octet-stream': new Uint8Array([255, ...encodeText(a), 0]),
      'application/x-www-form-urlencoded': encodeText(new URLSearchParams({ [name]: a, b }).toString()),
    }
    return { method: 'POST', path: `/v1/${encodeURIComponent(a)}?b=${encodeURIComponent(b)}`, headers: [], body: readRequestBody(bodies[type], type) }
  })

const request = requestOf(text)
/**
 * Without digits or placeholders behind a secret, which would read as a number of its
 * placeholder; and without credentials by name, of which a session takes note.
 */
const plainRequest = requestOf(text.filter((each) => !/redacted|-3|7/.test(each)), 'plain')

const response: fc.Arbitrary<RecordedResponse> = fc
  .tuple(text, text, fc.array(text, { maxLength: 6 }), fc.constantFrom('json', 'text', 'binary', 'deltas', 'raw'))
  .map(([a, b, deltas, kind]) => {
    const raws = deltas.map((each) => (kind === 'deltas' ? JSON.stringify({ choices: [{ index: 0, delta: { content: each } }] }) : each.replaceAll('\n', ' ')))
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
      const redactor = new Redactor(KNOWN)
      const [once, answer] = [redactor.request(asked), redactor.response(answered)]
      expect(redactor.request(once)).toEqual(once)
      expect(redactor.response(answer)).toEqual(answer)
      expect(redactor.leak(once, answer)).toBeUndefined()
    }),
    { numRuns: 700 },
  )
})

test('JSON stays JSON when secrets are taken out of it', () => {
  fc.assert(
    fc.property(request, response, (asked, answered) => {
      const redactor = new Redactor(KNOWN, [/new/])
      for (const { body } of [redactor.request(asked), redactor.response(answered)]) {
        if (body.kind === 'json') expect(parseJson(body.text)).toBeDefined()
      }
    }),
    { numRuns: 1000 },
  )
})

test('equal requests stay equal, whatever a session saw before', () => {
  fc.assert(
    fc.property(plainRequest, fc.array(plainRequest, { maxLength: 3 }), (asked, before) => {
      const [fresh, used] = [new Redactor(KNOWN), new Redactor(KNOWN)]
      for (const each of before) used.request(each)
      expect(identify(used.request(asked)).fingerprint).toBe(identify(fresh.request(asked)).fingerprint)
    }),
    { numRuns: 700 },
  )
})

test('other secrets of the same kind at the same places make the same request', () => {
  const tail = fc.string({ unit: fc.constantFrom(...'abAB12'), minLength: 20, maxLength: 20 }).map((each) => `${each}x9Y8z7W6v5U4`)
  const kinds = fc.array(fc.constantFrom('sk-', 'sk-proj-', 'org-', 'proj_', 'ek_', ' and ', 'ordinary '), { maxLength: 6 })
  const of = (all: readonly string[], tails: readonly string[]): RecordedRequest => {
    const body = all.map((each, i) => (each.endsWith(' ') ? each : `${each}${tails[i % tails.length]} `)).join('')
    return { method: 'POST', path: '/', headers: [], body: { kind: 'json', text: JSON.stringify({ body, again: [body] }) } }
  }
  fc.assert(
    fc.property(kinds, fc.uniqueArray(tail, { minLength: 12, maxLength: 12 }), (all, tails) => {
      const [one, two] = [tails.slice(0, 6), tails.slice(6)]
      expect(identify(new Redactor([]).request(of(all, one)))).toEqual(identify(new Redactor([]).request(of(all, two))))
    }),
  )
})

test('placeholders keep their kind and their number', () => {
  const redactor = new Redactor(['the first secret', 'another secret'])
  expect(redactor.text('the first secret, another secret; the first secret')).toBe('secret-redacted, secret-redacted-2; secret-redacted')
  expect(redactor.text(`${SHAPED[0]} ${SHAPED[1]}`)).toBe('sk-redacted org-redacted')
  expect(['sk-redacted', 'org-redacted-12', 'proj_redacted'].every(isPlaceholder)).toBe(true)
  expect(isPlaceholder('sk-redacted and more')).toBe(false)
})

test('ids in a list are taken out one by one', () => {
  const ids = ['proj_abcdefghijklmnop1', 'proj_abcdefghijklmnop2']
  const list = JSON.stringify({ data: ids.map((id) => ({ id })), words: ['sk-learn', 'abcdefghijkl12345'] })
  const { body } = new Redactor([]).response({ status: 200, headers: [], body: { kind: 'json', text: list } })
  expect(body).toEqual({ kind: 'json', text: list.replace(ids[0] as string, 'proj_redacted').replace(ids[1] as string, 'proj_redacted-2') })
})

test('a known value is found behind what only looks like a key', () => {
  expect(new Redactor(['hunter2-hunter2']).text('task-approach-hunter2-hunter2')).toBe('task-approach-secret-redacted')
})

test('a credential is one by its name, and its echo is found', () => {
  const redactor = new Redactor([])
  const asked = redactor.request({
    method: 'POST',
    path: '/v1/x?api-key=0123456789abcdef',
    headers: [],
    body: { kind: 'json', text: '{"tools":[{"headers":{"Authorization":"Token 9f8e7d6c5b4a3210"}}],"refresh_token":"some.refresh.token"}' },
  })
  expect(JSON.stringify(asked)).not.toMatch(/0123456789abcdef|9f8e7d6c5b4a3210|some\.refresh/)
  expect(redactor.text('no such token: 9f8e7d6c5b4a3210')).toBe('no such token: secret-redacted-2')
  redactor.learnFromRequest([['authorization', `Basic ${Buffer.from('me:correct horse battery').toString('base64')}`]])
  expect(redactor.text('correct horse battery')).not.toContain('horse')
})

test('a rule of the user’s own reaches over deltas, and stays within a string', () => {
  const redactor = new Redactor([], [{ match: /cust_[a-z]+/, as: 'cust_redacted' }, { match: 'a "b"', as: 'X' }, { header: 'X-Own' }])
  const events = ['cu', 'st_ab', 'cd.'].map((content, offset) => ({ offset, raw: `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n` }))
  const { body, headers } = redactor.response({ status: 200, headers: [['x-own', '1'], ['x-a', 'a "b"']], body: { kind: 'events', events } })
  expect(headers).toEqual([['x-a', 'X']])
  expect(JSON.stringify(body)).not.toMatch(/st_ab/)
  expect(redactor.text(String.raw`{"a":"a \"b\""}`)).toBe('{"a":"X"}')
})

test('a rule that cannot be meant is refused', () => {
  expect(() => new Redactor([], [/x*/])).toThrow(UsageError)
  expect(() => new Redactor([], [''])).toThrow(/matches the empty text/)
  expect(() => new Redactor([], [{ mach: /x/ } as unknown as RegExp])).toThrow(/must be a text, a RegExp/)
})

test('forty megabytes in one string are no trouble', () => {
  const long = 'QUJD'.repeat(10_000_000)
  const redactor = new Redactor(['QUJDx12345678'])
  const answered = redactor.response({ status: 200, headers: [], body: { kind: 'json', text: `{"b64_json":"${long}","api_key":"${long}"}` } })
  const asked = redactor.request({ method: 'POST', path: '/', headers: [], body: { kind: 'text', text: `client_secret=${long}` } })
  expect(redactor.leak(asked, answered)).toBeUndefined()
}, 60_000)

for (const [name, whole] of [
  ['prose', JSON.stringify({ a: 'Lorem "ipsum"\n task-based 100% é \\ '.repeat(30_000) })],
  ['keys', JSON.stringify({ a: Array.from({ length: 20_000 }, (_, i) => `sk-proj-abcdefghijklmnop${i}`) })],
  ['backslashes', JSON.stringify({ a: '\\'.repeat(500_000) })],
  ['beginnings of keys', JSON.stringify({ a: 'sk-'.repeat(300_000) })],
] as const) {
  test(`a megabyte of ${name} is redacted and identified in time`, () => {
    const redactor = new Redactor(Array.from({ length: 30 }, (_, i) => `${i}p@ss"word\\of length`))
    const started = performance.now()
    identify(redactor.request({ method: 'POST', path: '/', headers: [], body: { kind: 'json', text: whole } }))
    expect(performance.now() - started).toBeLessThan(8000)
  })
}
