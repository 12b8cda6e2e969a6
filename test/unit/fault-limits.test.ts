import { expect, test } from 'vitest'
import { decodeText } from '../../src/http/bytes.ts'
import { type Limits, limitsOf } from '../../src/api/limits.ts'
import { LimitClock } from '../../src/policies/limits/limit-clock.ts'
import { Limiter } from '../../src/policies/limits/limiter.ts'
import { Occurrences, type TakenPlace } from '../../src/engine/replay/finder.ts'
import { Scope } from '../../src/engine/scope.ts'
import type { Clock } from '../../src/engine/ports.ts'
import { openai } from '../../src/openai/dialect.ts'

const system = (now: () => number): Clock => ({
  now,
  today: () => '2026-01-02',
  sleep: () => Promise.resolve(),
})

interface Said {
  readonly headers: Readonly<Record<string, string>>
  readonly refused: Readonly<Record<string, unknown>> | undefined
  readonly retryAfter: string | undefined
}

function limiting(limits: Limits): {
  ask: (model?: string, tokens?: number) => Said
  advance: (ms: number) => void
} {
  const clock = new LimitClock(
    'manual',
    system(() => 12_345),
  )
  const limiter = new Limiter(limits, clock, openai.errors)
  const ask = (model = 'm', tokens = 0): Said => {
    const { headers, refusal } = limiter.meter(model, () => tokens) ?? { headers: [], refusal: undefined }
    const body = refusal === undefined ? undefined : (decodeText(refusal.body as Uint8Array) ?? '')
    return {
      headers: Object.fromEntries(headers.map(([name, value]) => [name.replace('x-ratelimit-', ''), value])),
      refused:
        body === undefined ? undefined : (JSON.parse(body) as { error: Record<string, unknown> }).error,
      retryAfter: refusal?.headers.find(([name]) => name === 'retry-after')?.[1],
    }
  }
  return { ask, advance: (ms) => limiter.advance(ms) }
}

test('requests come back evenly over a minute, and a refusal says when the next one is there', () => {
  const { ask, advance } = limiting({ m: { requests: 3 } })
  expect(ask().headers).toEqual({ 'limit-requests': '3', 'remaining-requests': '2', 'reset-requests': '20s' })
  ask()
  expect(ask().headers).toEqual({
    'limit-requests': '3',
    'remaining-requests': '0',
    'reset-requests': '1m0s',
  })
  const over = ask()
  expect(over.retryAfter).toBe('20')
  expect(over.refused).toMatchObject({
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: expect.stringContaining('Limit 3, Used 3, Requested 1. Please try again in 20s.') as unknown,
  })
  advance(19_999)
  expect(ask().retryAfter).toBe('1')
  advance(1)
  expect(ask().refused).toBeUndefined()
  advance(600_000)
  expect(ask().headers['remaining-requests']).toBe('2')
})

test('what is refused for its tokens takes no request, and what can never be taken has no time to wait', () => {
  const { ask, advance } = limiting({ m: { requests: 10, tokens: 100 } })
  expect(ask('m', 70).headers).toEqual({
    'limit-requests': '10',
    'limit-tokens': '100',
    'remaining-requests': '9',
    'remaining-tokens': '30',
    'reset-requests': '6s',
    'reset-tokens': '42s',
  })
  const over = ask('m', 60)
  expect(over.refused).toMatchObject({ type: 'tokens', code: 'rate_limit_exceeded' })
  expect([over.retryAfter, over.headers['remaining-requests']]).toEqual(['18', '9'])
  const never = ask('m', 101)
  expect(never.retryAfter).toBeUndefined()
  expect(never.refused?.['message']).toContain('Request too large for m')
  advance(18_000)
  expect(ask('m', 60).refused).toBeUndefined()
})

test('a model has limits of its own, or those for all, each with its own count', () => {
  const { ask } = limiting({ m: { requests: 2 }, '*': { requests: 1 } })
  expect([ask('m'), ask('m'), ask('m')].map(({ refused }) => refused !== undefined)).toEqual([
    false,
    false,
    true,
  ])
  expect([ask('a'), ask('b'), ask('a')].map(({ refused }) => refused !== undefined)).toEqual([
    false,
    false,
    true,
  ])
  expect(limitsOf({ m: { requests: 1 } }, 'constructor')).toBeUndefined()
})

test('the clock of limits is manual, real or custom, and never goes back', () => {
  let now = 1000
  const clock = system(() => now)
  const manual = new LimitClock('manual', clock)
  const real = new LimitClock('real', clock)
  const own = new LimitClock({ now: () => now * 2 }, clock)
  now = 1500
  expect([manual.now(), real.now(), own.now()]).toEqual([0, 500, 1000])
  now = 0
  expect(real.now()).toBe(500)
  const { advance } = limiting({ m: { requests: 3 } })
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => advance(ms)).toThrow('cannot advance the clock by')
})

test('a place that was given back is the next that is taken, whichever were taken since', () => {
  const places = new Occurrences()
  const take = (count: number): TakenPlace[] => Array.from({ length: count }, () => places.take('f'))
  const [zero, one, two] = take(3) as [TakenPlace, TakenPlace, TakenPlace]
  expect([zero, one, two].map(({ place }) => place)).toEqual([0, 1, 2])
  places.giveBack(one)
  places.giveBack(zero)
  expect(places.times('f')).toBe(1)
  expect(take(3).map(({ place }) => place)).toEqual([0, 1, 3])
  // It was taken by another since: it cannot be used any more.
  places.use(one)
  expect(places.times('f')).toBe(4)
  const last = places.take('f')
  places.giveBack(last)
  places.use(last)
  expect([last.place, places.times('f')]).toEqual([4, 5])
  expect([places.take('f').place, places.take('g').place]).toEqual([5, 0])
})

test('without a scope, its requests have never been: those of others move up', () => {
  const places = new Occurrences()
  const [one, two] = [new Scope(), new Scope()]
  places.take('f', one)
  const kept = places.take('f', two)
  const returned = places.take('f', two)
  places.giveBack(returned, two)
  places.undo(one)
  expect([kept.place, places.times('f')]).toEqual([0, 1])
  expect(places.take('f', one).place).toBe(1)
})
