import { expect, test } from 'vitest'
import { driftRules } from '../../src/openai/drift/drift-rules.ts'

test.each([
  ['ft:gpt-4o-mini-2024-07-18:org::GB06G92c', 'ft:gpt-4o-mini-2024-07-18:org::<id>'],
  ['/v1/models/ft:gpt-4.1:org:name:GB06G92c', '/v1/models/ft:gpt-4.1:org:name:<id>'],
  ['ft:gpt-4.1:org::GB06G92c:ckpt-step-88', 'ft:gpt-4.1:org::<id>:ckpt-step-88'],
  ['/v1/files/3a8c3b7cf8e34a1fb1b8e2a1c0d4e5f6', '/v1/files/<id>'],
  ['/v1/agents/68a0b1c2d3e4f5a6b7c8d9e0/runs', '/v1/agents/<id>/runs'],
])('what is minted of %s is no part of a drift', (text, without) => {
  expect(driftRules.withoutIds(text)).toBe(without)
})

test.each(['ft:gpt-4o-mini:org', 'a'.repeat(32), '1'.repeat(24), '3a8c3b7c'.repeat(8), 'gpt-4o-mini'])(
  '%s is no id',
  (text) => {
    expect(driftRules.withoutIds(text)).toBe(text)
  },
)
