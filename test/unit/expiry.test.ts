import { expect, test } from 'vitest'
import type { Cassette } from '../../src/cassette/cassette.ts'
import {
  ageInWords,
  daysBetween,
  type Expires,
  isOlderThan,
  oldestDay,
  parseAge,
  readExpires,
} from '../../src/cassette/expiry.ts'

function isExpired(day: string, expires: Expires, today: string): boolean {
  const { after } = readExpires(expires, 'expires')
  return after !== undefined && isOlderThan(day, after, today)
}

test('a recording is too old the day after its age is reached', () => {
  expect(isExpired('2026-01-01', '30d', '2026-01-31')).toBe(false)
  expect(isExpired('2026-01-01', '30d', '2026-02-01')).toBe(true)
  expect(isExpired('2026-01-01', '0d', '2026-01-01')).toBe(false)
  expect(isExpired('2026-01-01', '0d', '2026-01-02')).toBe(true)
})

test('weeks have seven days, months and years are those of the calendar', () => {
  expect(isExpired('2026-01-01', '2w', '2026-01-15')).toBe(false)
  expect(isExpired('2026-01-01', '2w', '2026-01-16')).toBe(true)
  expect(isExpired('2026-01-15', '6mo', '2026-07-15')).toBe(false)
  expect(isExpired('2026-01-15', '6mo', '2026-07-16')).toBe(true)
  expect(isExpired('2026-11-15', '3mo', '2027-02-15')).toBe(false)
  expect(isExpired('2026-11-15', '3mo', '2027-02-16')).toBe(true)
  expect(isExpired('2025-03-01', '1y', '2026-03-01')).toBe(false)
  expect(isExpired('2025-03-01', '1y', '2026-03-02')).toBe(true)
})

test('a month after a day that it has not is its last', () => {
  expect(isExpired('2026-01-31', '1mo', '2026-02-28')).toBe(false)
  expect(isExpired('2026-01-31', '1mo', '2026-03-01')).toBe(true)
  expect(isExpired('2024-02-29', '1y', '2025-02-28')).toBe(false)
  expect(isExpired('2024-02-29', '1y', '2025-03-01')).toBe(true)
  expect(isExpired('2024-02-29', '4y', '2028-02-29')).toBe(false)
})

test('what is recorded tomorrow is not too old, and what never expires neither', () => {
  expect(isExpired('2026-01-02', '0d', '2026-01-01')).toBe(false)
  expect(isExpired('1999-01-01', 'never', '2026-01-01')).toBe(false)
  expect(isExpired('1999-01-01', { after: 'never', action: 'fail' }, '2026-01-01')).toBe(false)
  expect(isExpired('2026-01-01', '9999y', '2026-01-01')).toBe(false)
})

test.for(['12h', '30', 'd', '1.5d', '-1d', '6m', '30 d', '30D', '', '10000d', '1mo2d'])(
  "'%s' is no age, and the message names the place and the units",
  (text) => {
    expect(() => parseAge(text, '--only-older-than')).toThrow(
      `--only-older-than: '${text}' is no age; an age is a whole number of days, weeks, months or years: 30d, 6w, 6mo, 1y`,
    )
  },
)

test('an age is said in words', () => {
  expect(ageInWords(parseAge('1d', ''))).toBe('1 day')
  expect(ageInWords(parseAge('6mo', ''))).toBe('6 months')
})

test('an age alone warns', () => {
  expect(readExpires('30d', 'expires')).toEqual({ after: { count: 30, unit: 'd' }, action: 'warn' })
  expect(readExpires({ after: '30d' }, 'expires').action).toBe('warn')
  expect(readExpires({ after: '1y', action: 'fail' }, 'expires').action).toBe('fail')
  expect(readExpires('never', 'expires').after).toBeUndefined()
})

test.for([
  [30, "expires: expected an age, such as '30d', or { after: '30d', action: 'fail' }"],
  [null, "expires: expected an age, such as '30d', or { after: '30d', action: 'fail' }"],
  [['30d'], "expires: expected an age, such as '30d', or { after: '30d', action: 'fail' }"],
  [{}, "expires: 'after' must be an age, such as '30d'"],
  [{ after: '30d', than: 'fail' }, "expires: unknown field 'than'; known are after, action"],
  [{ after: '30d', action: 'error' }, "expires: 'action' must be one of warn, fail, rerecord, not 'error'"],
  [{ after: '30h' }, "expires: '30h' is no age"],
] as const)('%j is refused with what it should be', ([value, message]) => {
  expect(() => readExpires(value, 'expires')).toThrow(message)
})

test('a cassette is as old as its oldest interaction, and an empty one as itself', () => {
  const interaction = (recordedAt?: string): Cassette['interactions'][number] =>
    ({ ...(recordedAt && { recordedAt }) }) as Cassette['interactions'][number]
  const recordedAt = '2026-02-01'
  expect(oldestDay({ recordedAt, interactions: [interaction('2026-03-01'), interaction()] })).toBe(recordedAt)
  expect(
    oldestDay({ recordedAt, interactions: [interaction('2026-03-01'), interaction('2026-02-09')] }),
  ).toBe('2026-02-09')
  expect(oldestDay({ recordedAt, interactions: [interaction(), interaction('2025-12-31')] })).toBe(
    '2025-12-31',
  )
  expect(oldestDay({ recordedAt, interactions: [] })).toBe(recordedAt)
})

test('days are counted over months and years', () => {
  expect(daysBetween('2025-12-31', '2026-01-01')).toBe(1)
  expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2)
  expect(isOlderThan('2026-01-01', { count: 1, unit: 'w' }, '2026-01-09')).toBe(true)
})
