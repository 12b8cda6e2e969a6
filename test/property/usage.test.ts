import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interaction, RecordedRequest, RecordedResponse } from '../../src/cassette/cassette.ts'
import { redactorOf } from '../support/redactor.ts'
import {
  type EstimateInput,
  type SessionUsage,
  type UsageSighting,
  sumTotals,
  sumUsage,
  type Tokens,
  type Usage,
  type Use,
} from '../../src/api/usage.ts'
import { Catalog, type Entry } from '../../src/engine/library/catalog.ts'
import { UsageBook } from '../../src/engine/usage/usage-book.ts'
import { systemClock } from '../../src/node/clock.ts'
import { identify } from '../../src/openai/shapes.ts'
import { openai } from '../../src/openai/dialect.ts'

const KINDS = ['input', 'cachedInput', 'output', 'reasoning', 'audioOutput'] as const

const tokens: fc.Arbitrary<Tokens> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...KINDS), fc.nat(9)), { selector: ([kind]) => kind })
  .map((pairs) => Object.fromEntries(pairs))

// Whole dollars: sums of them are exact, in whatever order.
const use = fc.record(
  {
    model: fc.constantFrom('a', 'b'),
    tokens,
    // Fractions whose sums in floating point depend on their order.
    usd: fc.constantFrom(0, 0.1, 0.2, 0.3, 1.5e-7, 0.7e-6),
    audioSeconds: fc.constantFrom(0, 0.1, 0.2, 0.3),
    offList: fc.constant('why'),
  },
  { requiredKeys: ['tokens'] },
)

const spoken = fc.record({
  texts: fc.array(fc.constantFrom('a', 'bcd'), { maxLength: 2 }),
  overhead: fc.nat(3),
})

const said: fc.Arbitrary<EstimateInput> = fc.record(
  {
    encoding: fc.constantFrom('o200k_base', 'cl100k_base'),
    input: spoken,
    output: spoken,
    offList: fc.constant('why'),
  },
  { requiredKeys: ['encoding', 'input'] },
)

const sighting: fc.Arbitrary<UsageSighting> = fc
  .record(
    {
      begins: fc.boolean(),
      object: fc.constantFrom('x', 'y'),
      model: fc.constantFrom('a', 'b'),
      uses: fc.array(use, { minLength: 1, maxLength: 2 }),
      said,
    },
    { requiredKeys: ['begins'] },
  )
  // What begins nothing is told of by its id, and only when it tells something.
  .filter((each) => each.begins || (each.object !== undefined && each.uses !== undefined))

interface Event {
  readonly sighting: UsageSighting
  readonly side: 'replayed' | 'spent'
}

const event: fc.Arbitrary<Event> = fc.record({ sighting, side: fc.constantFrom('replayed', 'spent') })

/** The usage of a session in which these came to pass. A use that has no price of its own costs 5, or is not known. */
function usageOf(events: readonly Event[]): SessionUsage {
  const catalog = new Catalog(identify)
  const sightings = new Map<string, UsageSighting>()
  const played = new Map<Entry, number>()
  const context = {
    dependencies: {
      dialect: {
        ...openai,
        usage: {
          ...openai.usage,
          sightings: ({ path }: RecordedRequest) => [sightings.get(path) as UsageSighting],
        },
      },
      prices: { usd: ({ model: named }: Use) => (named === 'a' ? 5 : undefined) },
      tokenizer: { count: (text: string) => text.length },
      clock: systemClock,
    },
    library: { redactor: redactorOf() },
  }
  const book = new UsageBook(context, played)
  for (const [i, { sighting: sighted, side }] of events.entries()) {
    const request: RecordedRequest = { method: 'POST', path: `/${i}`, headers: [], body: { kind: 'empty' } }
    const response: RecordedResponse = { status: 200, headers: [], body: { kind: 'empty' } }
    sightings.set(request.path, sighted)
    if (side === 'spent') book.count(request, response, 'https://api.openai.com')
    else {
      const entry = entryOf(catalog, { request, response })
      played.set(entry, (played.get(entry) ?? 0) + 1)
    }
  }
  return book.usage()
}

function entryOf(catalog: Catalog, interaction: Interaction): Entry {
  return catalog.add('c', 'https://api.openai.com', interaction)
}

const partsOf = ({ replayed, spent, ...all }: SessionUsage): Usage[] => [all, replayed, spent]

test('tokens, seconds and dollars are the sums over the models', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), (events) => {
      for (const { models, tokens: told, usd, audioSeconds, estimated } of partsOf(usageOf(events))) {
        const sums = sumTotals(models)
        expect({ told, usd, audioSeconds, estimated }).toEqual({
          estimated: sums.estimated,
          told: sums.tokens,
          usd: sums.usd,
          audioSeconds: sums.audioSeconds,
        })
      }
    }),
  )
})

test('requests are the sums over the models where each used one', () => {
  const single = event.filter(({ sighting: { uses } }) => uses === undefined || uses.length === 1)
  fc.assert(
    fc.property(fc.array(single, { maxLength: 8 }), (events) => {
      for (const { models, ...totals } of partsOf(usageOf(events))) expect(sumTotals(models)).toEqual(totals)
    }),
  )
})

test('a session is what was replayed and what was spent', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), (events) => {
      const { replayed, spent, ...all } = usageOf(events)
      expect(sumUsage([replayed, spent])).toEqual(all)
      expect(replayed.requests).toBe(begun(events, 'replayed'))
      expect(spent.requests).toBe(begun(events, 'spent'))
    }),
  )
})

test('usages add up the same in whatever groups and order, and after a way through JSON', () => {
  const usages = fc.array(
    fc.array(event, { maxLength: 3 }).map((events) => usageOf(events).spent),
    { maxLength: 5 },
  )
  fc.assert(
    fc.property(usages, fc.nat(5), (all, cut) => {
      const inGroups = sumUsage([sumUsage(all.slice(0, cut)), sumUsage(all.slice(cut))])
      expect(inGroups).toEqual(sumUsage(all))
      expect(sumUsage(all.toReversed())).toEqual(sumUsage(all))
      expect(sumUsage(JSON.parse(JSON.stringify(all)) as Usage[])).toEqual(sumUsage(all))
    }),
  )
})

test('a poll more, of what is done, changes nothing', () => {
  const uses = fc.array(use, { minLength: 1, maxLength: 2 })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), uses, fc.nat(3), (events, done, times) => {
      const poll: Event = { side: 'spent', sighting: { begins: false, object: 'x', uses: done } }
      const once = usageOf([...events, poll])
      expect(usageOf([...events, poll, ...Array.from({ length: times }, () => poll)])).toEqual(once)
    }),
  )
})

test('every request is priced, unpriced, estimated or unknown, and dollars are there when something is priced', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), (events) => {
      const { requests, unknown, unpriced, usd, estimated } = usageOf(events)
      const silent = unknown + (estimated?.requests ?? 0)
      expect(silent + unpriced).toBeLessThanOrEqual(requests)
      if (silent + unpriced < requests || requests === 0) expect(usd).toBeDefined()
      if (silent === requests && requests > 0) expect(usd).toBeUndefined()
      if (estimated !== undefined)
        expect(estimated.usd === undefined).toBe(estimated.unpriced === estimated.requests)
    }),
  )
})

test('what was said is estimated beside what was told, which is what it is without', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), (events) => {
      const silent = events.map((each) => {
        const { estimateInput: _input, ...rest } = each.sighting
        return { ...each, sighting: rest }
      })
      const [{ estimated, ...all }, without] = [usageOf(events), usageOf(silent)]
      expect(all.unknown + (estimated?.requests ?? 0)).toBe(without.unknown)
      expect([all.tokens, all.usd, all.audioSeconds, all.unpriced]).toEqual([
        without.tokens,
        without.usd,
        without.audioSeconds,
        without.unpriced,
      ])
    }),
  )
})

test('words are counted and let go where a session has heard too many of them', () => {
  const words = { texts: ['x'.repeat(3_000_000)], overhead: 4 }
  const each: Event = {
    side: 'spent',
    sighting: {
      begins: true,
      model: 'a',
      estimateInput: { encoding: 'o200k_base', input: words, output: words },
    },
  }
  const told = { input: 3 * 3_000_004, output: 3 * 3_000_004 }
  expect(usageOf([each, each, each]).spent.estimated).toEqual({
    requests: 3,
    unpriced: 0,
    tokens: told,
    usd: 15,
  })
})

test('sums stay exact in a session that goes on for ever', () => {
  const each: Event = {
    side: 'spent',
    sighting: { begins: true, model: 'a', uses: [{ model: 'a', tokens: { input: 2 }, usd: 1 }] },
  }
  const count = 27_001
  const sums = { requests: count, unknown: 0, unpriced: 0, tokens: { input: 2 * count }, usd: count }
  expect(usageOf(Array.from({ length: count }, () => each)).spent).toEqual({
    ...sums,
    models: [{ model: 'a', ...sums }],
  })
})

function begun(events: readonly Event[], of: Event['side']): number {
  return events.filter(({ sighting: { begins }, side }) => begins && side === of).length
}
