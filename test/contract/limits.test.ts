import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ABILITIES, type Ability, ADAPTERS, CANNOT } from './limits.ts'

const docs = await readFile(new URL('../../docs/adapters.md', import.meta.url), 'utf8')
const section = docs.slice(docs.indexOf('## Limitations'))
const abilities = Object.keys(ABILITIES) as Ability[]

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

test('docs/adapters.md has a table of what each adapter can do, as the suite declares it', () => {
  const [head, , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cells)
  expect(head).toEqual(['', ...ADAPTERS])
  expect(rows).toEqual(
    abilities.map((ability) => [
      ABILITIES[ability],
      ...ADAPTERS.map((adapter) => (CANNOT[adapter][ability] === undefined ? 'yes' : 'no')),
    ]),
  )
})

test('docs/adapters.md gives the reason of every limit', () => {
  const reasons = section.split('\n').filter((line) => line.startsWith('- '))
  expect(reasons.toSorted()).toEqual(
    ADAPTERS.flatMap((adapter) =>
      Object.entries(CANNOT[adapter]).map(
        ([ability, reason]) => `- **${adapter}**, ${ABILITIES[ability as Ability]}: ${reason}`,
      ),
    ).toSorted(),
  )
})

test('what no adapter lacks is no ability to speak of', () => {
  for (const ability of abilities)
    expect(
      ADAPTERS.filter((adapter) => CANNOT[adapter][ability] !== undefined),
      ability,
    ).not.toEqual([])
})
