import { expect, test } from 'vitest'
import { driftRules } from '../../src/openai/drift/drift-rules.ts'
import { rewireRules } from '../../src/openai/rewire-rules.ts'
import { idShapes } from '../../src/openai/shapes.ts'

test.each([
  ['ft:gpt-4o-mini-2024-07-18:org::GB06G92c', 'ft:gpt-4o-mini-2024-07-18:org::<id>'],
  ['/v1/models/ft:gpt-4.1:org:name:GB06G92c', '/v1/models/ft:gpt-4.1:org:name:<id>'],
  ['ft:gpt-4.1:org::GB06G92c:ckpt-step-88', 'ft:gpt-4.1:org::<id>:ckpt-step-88'],
  ['/v1/files/3a8c3b7cf8e34a1fb1b8e2a1c0d4e5f6', '/v1/files/<id>'],
  ['/v1/agents/68a0b1c2d3e4f5a6b7c8d9e0/runs', '/v1/agents/<id>/runs'],
])('the generated part of %s is no part of a drift', (text, without) => {
  expect(driftRules.withoutIds(text)).toBe(without)
})

test.each([
  'ft:gpt-4o-mini:org',
  'a'.repeat(32),
  '1'.repeat(24),
  'gpt-4o-mini',
  'order_1234567890123456',
  '2026-11-29T10:00:00Z',
])('%s is no id', (text) => {
  expect(driftRules.withoutIds(text)).toBe(text)
  expect(rewireRules.isGenerated(text)).toBe(false)
})

test('the digest of a file is generated, and a drift shows that it changed', () => {
  const digest = '3a8c3b7c'.repeat(8)
  expect(rewireRules.isGenerated(digest)).toBe(true)
  expect(driftRules.withoutIds(digest)).toBe(digest)
})

const UUID = '0b9e8e70-4f7e-4000-8000-00000000cafe'

test.each([
  ['call_a1b2c3d4', true],
  ['run_wncSxUXgpLMsIKCoAhPNsQBl', true],
  ['event_a1b2c3d4', false],
  ['rtc_990b6ba8f11341c9', false],
  ['fine_run_990b6ba8f11341c9', false],
  ['toolu_vrtxABcdEFghIJklMNopQR', false],
  [UUID, false],
  [`chatcmpl-${UUID}`, true],
  [`resource-${UUID}`, false],
  ['01HZX3K7Q9W2E4R6T8Y0A1S2D3', false],
])(
  '%s is an id for drift and for re-recording, and one of those that requests carry: %s',
  (id, isCarried) => {
    expect(rewireRules.isGenerated(id)).toBe(true)
    expect(driftRules.withoutIds(`see ${id}, and "${id}"`)).toBe('see <id>, and "<id>"')
    expect(idShapes.generated.test(id)).toBe(isCarried)
  },
)
