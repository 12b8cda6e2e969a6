import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasLongRun } from '../../src/match/embedded.ts'
import { runs } from '../support/long.ts'

const LONG_RUN = /[A-Za-z0-9+/_-]{1024}/

/** Runs about as long as those that count, with anything between them. */
const run = fc
  .tuple(fc.constantFrom('A', 'z', '7', '+', '/', '_', '-', '0aZ9'), fc.integer({ min: 1010, max: 1040 }))
  .map(([fill, length]) => fill.repeat(length).slice(0, length))
const between = fc.oneof(
  fc.constantFrom('=', '"', ' ', '\u007f', '\u0080', 'é', '€', '\0', ''),
  fc.string({ unit: 'binary', maxLength: 2100 }),
)
const text = fc.array(fc.oneof(run, between), { maxLength: 6 }).map((pieces) => pieces.join(''))

test('a long run of base64 is seen where a regular expression sees it', () => {
  fc.assert(
    fc.property(text, (each) => {
      expect(hasLongRun(each)).toBe(LONG_RUN.test(each))
    }),
    { numRuns: runs(2000) },
  )
})

test('a run of exactly 1,024 characters is long, wherever it stands, and one of 1,023 is not', () => {
  for (let before = 0; before < 2100; before += 7) {
    const around = (length: number): string => `${' '.repeat(before)}${'A'.repeat(length)} ${'B'.repeat(900)}`
    expect(hasLongRun(around(1024))).toBe(true)
    expect(hasLongRun(around(1023))).toBe(false)
  }
})
