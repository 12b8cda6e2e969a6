import { expect, test } from 'vitest'
import type { RecordedRequest } from '../../../src/cassette/cassette.ts'
import { headerValue } from '../../../src/http/message.ts'
import { openai } from '../../../src/openai/dialect.ts'
import { refusalOf } from '../../../src/rerecord/refusal.ts'
import { interaction, ran } from './scene.ts'

test('what was recorded from several APIs is sent to each, with the key that is for it', async () => {
  const models = (upstream: string, path: string) => ({ ...interaction('GET', path, [200, {}]), upstream })
  const { outcome, sent } = await ran(
    [
      models('https://api.openai.com', '/v1/models'),
      models('https://eu.api.openai.com', '/v1/models'),
      models('https://mine.openai.azure.com', '/openai/models?api-version=1'),
    ],
    () => [200, {}],
    { env: { OPENAI_API_KEY: 'sk-of-openai-0123456789', AZURE_OPENAI_API_KEY: 'key-of-azure-0123456789' } },
  )
  expect(sent.map(({ base, target }) => base + target)).toEqual([
    'https://api.openai.com/v1/models',
    'https://eu.api.openai.com/v1/models',
    'https://mine.openai.azure.com/openai/models?api-version=1',
  ])
  const keys = sent.map(
    ({ headers }) => headerValue(headers, 'authorization') ?? headerValue(headers, 'api-key'),
  )
  expect(keys).toEqual([
    'Bearer sk-of-openai-0123456789',
    'Bearer sk-of-openai-0123456789',
    'key-of-azure-0123456789',
  ])
  expect(outcome).toMatchObject({
    kind: 'rerecorded',
    after: {
      upstream: 'https://api.openai.com',
      recordedAt: '2026-11-23',
      interactions: [
        {},
        { upstream: 'https://eu.api.openai.com' },
        { upstream: 'https://mine.openai.azure.com' },
      ],
    },
  })
})

test('equal requests are sent in their order, one after the other', async () => {
  const one = interaction('POST', '/v1/x', [200, { n: 0 }], { prompt: 'the same' })
  const { outcome } = await ran([one, one, one], (_, nth) => [200, { n: nth }])
  if (outcome.kind !== 'rerecorded') throw new Error(outcome.kind)
  const bodies = outcome.after.interactions.map(({ response: { body } }) =>
    body.kind === 'json' ? body.text : '',
  )
  expect(bodies.map((text) => text.replaceAll(/\s/g, ''))).toEqual(['{"n":0}', '{"n":1}', '{"n":2}'])
})

test('a header that was kept is sent and kept, whatever rule had it count', async () => {
  const one = interaction('GET', '/v1/x', [200, {}])
  const kept = { ...one, request: { ...one.request, headers: [['x-tenant', 'seven']] as const } }
  const { outcome, sent } = await ran([kept], () => [200, {}])
  expect(headerValue(sent[0]?.headers ?? [], 'x-tenant')).toBe('seven')
  expect(outcome).toMatchObject({
    after: { interactions: [{ request: { headers: [['x-tenant', 'seven']] } }] },
  })
})

test('telemetry is sent nowhere, and is no part of the new recording', async () => {
  const traces = interaction('POST', '/v1/traces/ingest', [204, {}], { data: [] })
  const { outcome, sent } = await ran([traces, interaction('GET', '/v1/x', [200, {}])], () => [200, {}])
  expect(sent.map(({ target }) => target)).toEqual(['/v1/x'])
  expect(outcome).toMatchObject({ kind: 'rerecorded', after: { interactions: { length: 1 } } })
})

const models = new Map([
  ['gpt-4o', 'gpt-5'],
  ['my deployment', 'other one'],
])

function mapped(path: string, body: RecordedRequest['body'] = { kind: 'empty' }): RecordedRequest {
  return openai.rerecord.withModels({ method: 'POST', path, headers: [], body }, models)
}

test('models are replaced wherever a request names them, and nothing else is touched', () => {
  const text =
    '{"model":"gpt-4o","n":1.0,"tools":[{"model": "gpt-4o"}],"input":"\\"model\\": gpt-4o","x":"gpt-4o"}'
  const now =
    '{"model":"gpt-5","n":1.0,"tools":[{"model": "gpt-5"}],"input":"\\"model\\": gpt-4o","x":"gpt-4o"}'
  expect(mapped('/v1/responses', { kind: 'json', text }).body).toEqual({ kind: 'json', text: now })
  expect(mapped('/openai/deployments/my%20deployment/chat/completions?api-version=gpt-4o').path).toBe(
    '/openai/deployments/other%20one/chat/completions?api-version=gpt-4o',
  )
  expect(mapped('/v1/realtime?model=gpt-4o&x=gpt-4o').path).toBe('/v1/realtime?model=gpt-5&x=gpt-4o')
  const part = (name: string) => ({ name, content: { kind: 'text' as const, text: 'gpt-4o' } })
  expect(
    mapped('/v1/audio', { kind: 'multipart', parts: [part('model'), part('prompt')] }).body,
  ).toMatchObject({
    parts: [{ content: { text: 'gpt-5' } }, { content: { text: 'gpt-4o' } }],
  })
})

test('a cassette with a secret in what it sends is refused, and one with a secret in its answers is not', () => {
  const whyNot = (one: Parameters<typeof refusalOf>[0]) => refusalOf(one, openai.rerecord)
  const cassette = (one: ReturnType<typeof interaction>) =>
    ({ version: 1, upstream: '', recordedAt: '', interactions: [one] }) as const
  const asked = (body: unknown, path = '/v1/x') => cassette(interaction('POST', path, [200, {}], body))
  expect(whyNot(asked({ authorization: 'org-redacted-2' }))).toContain('as org-redacted-2: its real value')
  expect(whyNot(asked({}, '/v1/x?key=sk-redacted'))).toContain('sk-redacted')
  expect(
    whyNot(cassette(interaction('GET', '/v1/x', [200, { organization: 'org-redacted' }]))),
  ).toBeUndefined()
  const cut = interaction('GET', '/v1/x', [200, {}])
  expect(whyNot(cassette({ ...cut, response: { ...cut.response, truncated: true } }))).toContain(
    'was cut off',
  )
})
