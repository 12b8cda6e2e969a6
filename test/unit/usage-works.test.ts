import { expect, test } from 'vitest'
import type { Use } from '../../src/api/usage.ts'
import { type Sighted, billedCalls } from '../../src/engine/usage/billed-calls.ts'

const sighted = (begins: boolean, object: string, uses?: readonly Use[], times = 1): Sighted => ({
  sighting: { begins, object, ...(uses && { uses }) },
  times,
  from: 'https://api.openai.com/v1/x',
  side: 'replayed',
})

const use = (input: number): Use => ({ tokens: { input } })

test('what an answer told itself stands, whatever a later retrieval leaves out', () => {
  const calls = billedCalls([sighted(true, 'x', [use(9)]), sighted(false, 'x', [use(1)])])
  expect(calls.map(({ uses }) => uses)).toEqual([[use(9)]])
})

test('what an answer did not tell is the last that others told, each time that it was begun', () => {
  const calls = billedCalls([
    sighted(true, 'x', undefined, 3),
    sighted(false, 'x', [use(1)]),
    sighted(false, 'x', [use(2)]),
  ])
  expect(calls.map(({ uses, times }) => [uses, times])).toEqual([[[use(2)], 3]])
})

test('equal ids, as redacted recordings have them, do not mix up what was told', () => {
  const calls = billedCalls([sighted(true, 'x', [use(1)]), sighted(true, 'x', [use(2)]), sighted(true, 'x')])
  expect(calls.map(({ uses }) => uses)).toEqual([[use(1)], [use(2)], undefined])
})
