import { expect, test } from 'vitest'
import type { Cassette } from '../../src/cassette/cassette.ts'
import {
  type Age,
  AGE,
  ageInWords,
  daysBetween,
  EXPIRES,
  type Expires,
  isOlderThan,
  oldestDay,
  parseExpires,
} from '../../src/cassette/expiry.ts'
import { optionsFrom } from '../../src/json/input/place.ts'

function ageFrom(text: string): Age {
  return AGE.read(
    text,
    optionsFrom('--only-older-than', (message) => message),
  )
}

function isExpired(day: string, expires: Expires, today: string): boolean {
  const { after } = parseExpires(expires)
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
    expect(() => ageFrom(text)).toThrow(
      `--only-older-than: expected an age in days, weeks, months or years, such as '30d', '6w', '6mo' or '1y', found '${text}'`,
    )
  },
)

test('an age is said in words', () => {
  expect(ageInWords(ageFrom('1d'))).toBe('1 day')
  expect(ageInWords(ageFrom('6mo'))).toBe('6 months')
})

test('an age alone warns', () => {
  expect(parseExpires('30d')).toEqual({ after: { count: 30, unit: 'd' }, action: 'warn' })
  expect(parseExpires({ after: '30d' }).action).toBe('warn')
  expect(parseExpires({ after: '1y', action: 'fail' }).action).toBe('fail')
  expect(parseExpires('never').after).toBeUndefined()
})

test.for([
  [30, "expected an age, such as '30d', or { after: '30d', action: 'fail' }, found 30"],
  [null, "expected an age, such as '30d', or { after: '30d', action: 'fail' }, found null"],
  [['30d'], "expected an age, such as '30d', or { after: '30d', action: 'fail' }, found a list"],
  [
    '30h',
    "expected an age in days, weeks, months or years, such as '30d', '6w', '6mo' or '1y', or 'never', found '30h'",
  ],
  [{}, 'option `after`: expected an age in days'],
  [{ after: '30d', than: 'fail' }, 'unknown option `than`; expected one of `after`, `action`'],
  [
    { after: '30d', action: 'error' },
    "option `action`: expected 'warn', 'fail' or 'rerecord', found 'error'",
  ],
  [{ after: '30h' }, 'option `after`: expected an age in days'],
] as const)('%j is refused with what it should be', ([value, message]) => {
  const place = optionsFrom('expires', (text) => text)
  expect(() => EXPIRES.read(value, place)).toThrow(`expires: ${message}`)
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
