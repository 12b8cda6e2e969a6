import { expect, test } from 'vitest'
import { dueAfter, type Timing } from '../../src/engine/timing.ts'
import { resolveOptions } from '../../src/vcr/options/resolve-options.ts'

const OFFSETS = [120, 150, 900]
const due = (timing: Timing): number[] => OFFSETS.map((offset, i) => dueAfter(timing, offset, i))

test('an instant replay is due at once, a timed one when it was, at its speed', () => {
  expect(due('instant')).toEqual([0, 0, 0])
  expect(due({ speed: 1 })).toEqual(OFFSETS)
  expect(due({ speed: 2 })).toEqual([60, 75, 450])
  expect(due({ speed: 0.5 })).toEqual([240, 300, 1800])
})

test('a pace is the same for every recording: its first event after ttft, the others evenly', () => {
  expect(due({ ttft: 300, pace: 50 })).toEqual([300, 320, 340])
  expect(due({ ttft: 300 })).toEqual([300, 300, 300])
  expect(due({ pace: 4 })).toEqual([0, 250, 500])
  expect(dueAfter({ ttft: 300, pace: 50 }, 9000)).toBe(300)
})

test('a timing that means nothing is refused, and the error tells what would', () => {
  const refused: unknown[] = [
    ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1'].map((speed) => ({ speed })),
    ...[-1, Number.NaN, '300'].map((ttft) => ({ ttft })),
    ...[0, -1, Number.POSITIVE_INFINITY].map((pace) => ({ pace })),
    {},
    'recorded',
    3,
    { speed: 1, ttft: 3 },
    { ttfb: 3 },
    [],
  ]
  for (const timing of refused)
    expect(() => resolveOptions({ timing: timing as Timing }, {}), JSON.stringify(timing)).toThrow(
      /option `timing/,
    )
  expect(() => resolveOptions({ timing: {} }, {})).toThrow(
    "option `timing`: expected 'instant', { speed: 2 } or { ttft: 300, pace: 50 }, found an empty object",
  )
  for (const timing of [{ speed: 0.5 }, { ttft: 0 }, { pace: 0.1 }, { ttft: 12.5, pace: 7 }])
    expect(resolveOptions({ timing }, {}).timing).toEqual(timing)
})
