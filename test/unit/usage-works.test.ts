import { expect, test } from 'vitest'
import type { Use } from '../../src/api/usage.ts'
import { type Shown, worksOf } from '../../src/engine/usage/billed-calls.ts'

const shown = (begins: boolean, object: string, uses?: readonly Use[], times = 1): Shown => ({
  showing: { begins, object, ...(uses && { uses }) },
  times,
  from: 'https://api.openai.com/v1/x',
  side: 'replayed',
})

const use = (input: number): Use => ({ tokens: { input } })

test('what an answer told itself stands, whatever a later retrieval leaves out', () => {
  const works = worksOf([shown(true, 'x', [use(9)]), shown(false, 'x', [use(1)])])
  expect(works.map(({ uses }) => uses)).toEqual([[use(9)]])
})

test('what an answer did not tell is the last that others told, each time that it was begun', () => {
  const works = worksOf([
    shown(true, 'x', undefined, 3),
    shown(false, 'x', [use(1)]),
    shown(false, 'x', [use(2)]),
  ])
  expect(works.map(({ uses, times }) => [uses, times])).toEqual([[[use(2)], 3]])
})

test('equal ids, as redacted recordings have them, do not mix up what was told', () => {
  const works = worksOf([shown(true, 'x', [use(1)]), shown(true, 'x', [use(2)]), shown(true, 'x')])
  expect(works.map(({ uses }) => uses)).toEqual([[use(1)], [use(2)], undefined])
})
