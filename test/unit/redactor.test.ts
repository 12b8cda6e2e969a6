import { expect, test } from 'vitest'
import { optionsFrom } from '../../src/json/input/place.ts'
import { UsageError } from '../../src/messages/errors.ts'
import { REDACT_RULES, type RedactRule } from '../../src/redact/rules.ts'
import { LONG } from '../support/long.ts'
import { redactorOf } from '../support/redactor.ts'
import { identify, secretShapes } from '../../src/openai/shapes.ts'

const SHAPED = ['sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6', 'org-Ab1Cd2Ef3Gh4Ij5Kl6Mn7'] as const

test('placeholders keep their kind and their number', () => {
  const redactor = redactorOf(['the first secret', 'another secret'])
  expect(redactor.text('the first secret, another secret; the first secret')).toBe(
    'secret-redacted, secret-redacted-2; secret-redacted',
  )
  expect(redactor.text(`${SHAPED[0]} ${SHAPED[1]}`)).toBe('sk-redacted org-redacted')
  const { placeholders } = secretShapes
  for (const each of ['sk-redacted', 'org-redacted-12', 'proj_redacted'])
    expect(placeholders.isPlaceholder(each)).toBe(true)
  expect(placeholders.isPlaceholder('sk-redacted and more')).toBe(false)
})

test('ids in a list are taken out one by one', () => {
  const ids = ['proj_abcdefghijklmnop1', 'proj_abcdefghijklmnop2']
  const list = JSON.stringify({ data: ids.map((id) => ({ id })), words: ['sk-learn', 'abcdefghijkl12345'] })
  const { body } = redactorOf().response({ status: 200, headers: [], body: { kind: 'json', text: list } })
  expect(body).toEqual({
    kind: 'json',
    text: list.replace(ids[0] as string, 'proj_redacted').replace(ids[1] as string, 'proj_redacted-2'),
  })
})

test('a known value is found behind what only looks like a key', () => {
  expect(redactorOf(['hunter2-hunter2']).text('task-approach-hunter2-hunter2')).toBe(
    'task-approach-secret-redacted',
  )
})

test('a credential is one by its name, and its echo is found', () => {
  const redactor = redactorOf()
  const asked = redactor.request({
    method: 'POST',
    path: '/v1/x?api-key=0123456789abcdef',
    headers: [],
    body: {
      kind: 'json',
      text: '{"tools":[{"headers":{"Authorization":"Token 9f8e7d6c5b4a3210"}}],"refresh_token":"some.refresh.token"}',
    },
  })
  expect(JSON.stringify(asked)).not.toMatch(/0123456789abcdef|9f8e7d6c5b4a3210|some\.refresh/)
  expect(redactor.text('no such token: 9f8e7d6c5b4a3210')).toBe('no such token: secret-redacted-2')
  redactor.learnFromRequest([
    ['authorization', `Basic ${Buffer.from('me:correct horse battery').toString('base64')}`],
  ])
  expect(redactor.text('correct horse battery')).not.toContain('horse')
})

test('a rule of the user’s own reaches over deltas, and stays within a string', () => {
  const redactor = redactorOf(
    [],
    [{ match: /cust_[a-z]+/, as: 'cust_redacted' }, { match: 'a "b"', as: 'X' }, { header: 'X-Own' }],
  )
  const events = ['cu', 'st_ab', 'cd.'].map((content, offset) => ({
    offset,
    raw: `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`,
  }))
  const { body, headers } = redactor.response({
    status: 200,
    headers: [
      ['x-own', '1'],
      ['x-a', 'a "b"'],
    ],
    body: { kind: 'events', events },
  })
  expect(headers).toEqual([['x-a', 'X']])
  expect(JSON.stringify(body)).not.toMatch(/st_ab/)
  expect(redactor.text(String.raw`{"a":"a \"b\""}`)).toBe('{"a":"X"}')
})

// A regular expression that steps back for each character fails from about 12.
const MEGABYTES = LONG ? 40 : 16

test(`${MEGABYTES} megabytes in one string are no trouble`, () => {
  const long = 'QUJD'.repeat(MEGABYTES * 250_000)
  const redactor = redactorOf(['QUJDx12345678'])
  const answered = redactor.response({
    status: 200,
    headers: [],
    body: { kind: 'json', text: `{"b64_json":"${long}","api_key":"${long}"}` },
  })
  const asked = redactor.request({
    method: 'POST',
    path: '/',
    headers: [],
    body: { kind: 'text', text: `client_secret=${long}` },
  })
  expect(redactor.leak(asked, answered)).toBeUndefined()
}, 60_000)

for (const [name, whole] of [
  ['prose', JSON.stringify({ a: 'Lorem "ipsum"\n task-based 100% é \\ '.repeat(30_000) })],
  ['keys', JSON.stringify({ a: Array.from({ length: 20_000 }, (_, i) => `sk-proj-abcdefghijklmnop${i}`) })],
  ['backslashes', JSON.stringify({ a: '\\'.repeat(500_000) })],
  ['beginnings of keys', JSON.stringify({ a: 'sk-'.repeat(300_000) })],
] as const) {
  test(`a megabyte of ${name} is redacted and identified in time`, () => {
    const redactor = redactorOf(Array.from({ length: 30 }, (_, i) => `${i}p@ss"word\\of length`))
    const started = performance.now()
    identify(
      redactor.request({ method: 'POST', path: '/', headers: [], body: { kind: 'json', text: whole } }),
    )
    expect(performance.now() - started).toBeLessThan(8000)
  })
}

test('credentials’ headers are not kept, and accounts only as placeholders, whatever they look like', () => {
  const { headers } = redactorOf().response({
    status: 200,
    headers: [
      ['set-cookie', 'a=b'],
      ['openai-organization', 'acme'],
      ['openai-project', 'weather'],
      ['x-request-id', 'req_1'],
    ],
    body: { kind: 'empty' },
  })
  expect(headers).toEqual([
    ['openai-organization', 'org-redacted'],
    ['openai-project', 'proj_redacted'],
    ['x-request-id', 'req_1'],
  ])
})

test('a key right behind a placeholder is found', () => {
  const redactor = redactorOf()
  expect(redactor.text(`sk-redacted${SHAPED[1]}`)).toBe('sk-redactedorg-redacted')
  expect(redactor.text(`secret-redacted-2${SHAPED[1]}`)).toBe('secret-redacted-2org-redacted')
})

function readRules(rules: unknown): readonly RedactRule[] {
  return REDACT_RULES.read(
    rules,
    optionsFrom('', (message) => message),
  )
}

test('what is no list of rules, or no rule, is refused', () => {
  const rules: readonly unknown[] = ['a lone text', [null], [5], [{}], [{ header: 5 }], [['a']]]
  for (const each of rules) expect(() => readRules(each), JSON.stringify(each)).toThrow(UsageError)
})

test('a rule that cannot be meant is refused', () => {
  expect(() => readRules([/x*/])).toThrow(/matches the empty text/)
  expect(() => readRules([{ match: /x*/g }])).toThrow(/matches the empty text/)
  expect(() => readRules([''])).toThrow(UsageError)
  expect(readRules([/x+/g, 'x', { match: 'x', as: '' }, { header: 'x' }])).toHaveLength(4)
})
