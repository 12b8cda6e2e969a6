import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interaction, RecordedRequest, RecordedResponse } from '../../src/cassette/cassette.ts'
import { asked, chainOf, rewirerOf, streamed, told } from '../support/rewiring.ts'
import { runs } from '../support/long.ts'

/** A step of a made-up chain: what its request carries, by number, and what its answer makes. */
interface Step {
  readonly carries: readonly { readonly place: Place; readonly value: number }[]
  readonly makes: readonly { readonly way: Way; readonly kind: number }[]
}

type Place = (typeof PLACES)[number]
type Way = (typeof WAYS)[number]
const PLACES = ['segment', 'query', 'leaf', 'member', 'string', 'prose', 'form'] as const
const WAYS = ['member', 'list', 'nested', 'location', 'prose', 'item'] as const

/** Few, so that values of one kind do stand beside each other. */
const KINDS = ['file-', 'call_', 'resp_', 'rtc_', '']

const step: fc.Arbitrary<Step> = fc.record({
  carries: fc.array(fc.record({ place: fc.constantFrom(...PLACES), value: fc.nat(9) }), { maxLength: 4 }),
  makes: fc.array(fc.record({ way: fc.constantFrom(...WAYS), kind: fc.nat(KINDS.length - 1) }), {
    maxLength: 3,
  }),
})

/** The user's own: they look the same, and stand in the first request. */
const CONSTANTS = ['file-mine4711mine4711', '0b9e8e70-0000-4000-8000-00000000cafe', 'gpt-4o-mini']

/** A chain in which everything that was made is named by this. */
function chainBy(steps: readonly Step[], name: (kind: string, number: number) => string): Interaction[] {
  const made: string[] = []
  const pairs = steps.map(({ carries, makes }, n): [RecordedRequest, RecordedResponse] => {
    const known = [...CONSTANTS, ...made]
    const values = carries.map(({ place, value }) => [place, known[value % known.length] as string] as const)
    const own = n === 0 ? CONSTANTS.map((value) => ['leaf', value] as const) : []
    const request = requestWith(n, [...own, ...values])
    const fresh = makes.map(({ way, kind }) => {
      const value = name(KINDS[kind] as string, made.length)
      made.push(value)
      return [way, value] as const
    })
    return [request, answerWith(n, fresh, [...made, ...CONSTANTS])]
  })
  return chainOf(...pairs)
}

function requestWith(n: number, values: readonly (readonly [Place, string])[]): RecordedRequest {
  const of = (place: Place): string[] => values.flatMap(([each, value]) => (each === place ? [value] : []))
  const query = of('query').map((value) => `&after=${encodeURIComponent(value)}`)
  const path = `/v1/${['things', ...of('segment')].join('/')}?n=${n}${query.join('')}`
  const form = of('form')
  if (form.length > 0) {
    const parts = form.map((text) => ({
      name: 'text',
      content: { kind: 'text' as const, text: `a ${text},` },
    }))
    return { ...asked(`POST ${path}`), body: { kind: 'multipart', parts } }
  }
  return asked(`POST ${path}`, {
    temperature: 0.5,
    values: of('leaf'),
    ...Object.fromEntries(of('member').map((value, i) => [`m${i}_id`, { id: value }])),
    arguments: JSON.stringify(of('string')),
    prompt: `About ${of('prose').join(', and (')}.`,
  })
}

function answerWith(
  n: number,
  made: readonly (readonly [Way, string])[],
  known: readonly string[],
): RecordedResponse {
  const of = (way: Way): string[] => made.flatMap(([each, value]) => (each === way ? [value] : []))
  const json = {
    object: 'thing',
    created_at: n,
    ...Object.fromEntries(of('member').map((value, i) => [`made${i}_id`, value])),
    data: of('list').map((id, i) => ({ object: i % 2 === 0 ? 'a' : 'b', id })),
    deep: { text: JSON.stringify({ ids: of('nested') }) },
    text: `Made: ${of('prose').join(' ')}`,
    // What was told before is told again, in another order.
    all: known.toReversed(),
  }
  const headers = of('location').map(
    (value) => ['location', `https://x.test/v1/things/${value}?a=1`] as const,
  )
  const items = of('item').map((id) => ({ type: 'response.output_item.done', item: { type: 'message', id } }))
  return n % 2 === 0 || items.length > 0
    ? { ...streamed(...items, { type: 'response.completed', response: json }), headers }
    : told(json, 200, headers)
}

function named(salt: string): (kind: string, number: number) => string {
  return (kind, number) =>
    kind === ''
      ? `${salt.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`
      : `${kind}${salt.repeat(4)}7${String(number).padStart(12, '0')}`
}

test('whatever a chain carries of its answers is renamed with them, and nothing else is', () => {
  let carried = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
      const recorded = chainBy(steps, named('a'))
      const again = chainBy(steps, named('b'))
      const rewirer = rewirerOf(recorded)
      for (const [n, { request, response }] of again.entries()) {
        expect(rewirer.request(n)).toEqual(request)
        expect(rewirer.learn(n, response)).toBeUndefined()
        if (JSON.stringify(request) !== JSON.stringify(recorded[n]?.request)) carried++
      }
    }),
    { numRuns: runs(500) },
  )
  expect(carried).toBeGreaterThan(100)
})

test('a chain that is answered as it was is sent as it was', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
      const recorded = chainBy(steps, named('a'))
      const rewirer = rewirerOf(recorded)
      for (const [n, { request, response }] of recorded.entries()) {
        expect(rewirer.request(n)).toEqual(request)
        expect(rewirer.learn(n, response)).toBeUndefined()
      }
      expect(Object.values(rewirer.counts).every((count) => count === 0)).toBe(true)
    }),
  )
})
