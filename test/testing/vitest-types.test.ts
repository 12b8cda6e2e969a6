import { describe, expect, expectTypeOf } from 'vitest'
import { defineConfig } from 'vitest/config'
import type { Vcr } from '../../src/index.ts'
import { it, test, useCassette } from '../../src/testing/vitest/vitest.ts'
import { openaiVcr } from '../../src/testing/vitest/plugin.ts'

test('the context has the cassette', async ({ vcr, task }) => {
  expectTypeOf(vcr).toEqualTypeOf<Vcr>()
  expect(vcr.name).toBe('test/testing/vitest-types/the-context-has-the-cassette')
  expect(task.name).toBe('the context has the cassette')
})

test(
  'options are typed',
  { cassette: { repeat: 'last', hosts: ['127.0.0.1:1'], keepFailed: true }, retry: 1 },
  ({ vcr }) => {
    expect(vcr.mode).toBe('replay')
  },
)

it.for([{ n: 1 }])('cases are typed: $n', ({ n }, { vcr }) => {
  expectTypeOf(n).toEqualTypeOf<number>()
  expectTypeOf(vcr).toEqualTypeOf<Vcr>()
  expect(n).toBe(1)
})

const extended = test.extend('client', ({ vcr }) => ({ cassette: vcr.name }))

extended.concurrent('values of the user are typed', { cassette: { name: 'types' } }, ({ client, vcr }) => {
  expectTypeOf(client).toEqualTypeOf<{ cassette: string }>()
  expect(client.cassette).toBe(vcr.name)
})

describe('options of a suite are those of its tests', { cassette: { repeat: 'often' as 'last' } }, () => {
  it('but for its own', { cassette: { repeat: 'cycle' } }, ({ vcr }) => expect(vcr.unused()).toEqual([]))
})

describe('a suite', () => {
  const types = useCassette('types', { strictUnused: true })
  it.fails('has its cassette', () => {
    expectTypeOf(types.vcr).toEqualTypeOf<Vcr>()
    throw new Error('expected')
  })
})

// @ts-expect-error it is an option of a cassette that is not there
test.skip('unknown options are errors', { cassette: { repeats: 'last' } }, () => {})

// @ts-expect-error one of three words
test.skip('wrong values are errors', { cassette: { repeat: 'often' } }, () => {})

test('the plugin fits into a configuration', () => {
  const config = defineConfig({ plugins: [openaiVcr({ dir: 'test/cassettes', redact: [/cust_\d+/] })] })
  expect(config.plugins).toHaveLength(1)
})

test('the plugin refuses what the processes of tests cannot get', () => {
  expect(() => openaiVcr({ matchers: { matchOn: ({ body }) => body } })).toThrow(
    "option `matchers.matchOn`: functions cannot be sent to the worker processes that run the tests: set it in the tests instead, with test('…', { cassette: { … } }, …) or useCassette('…', { … })",
  )
  expect(() => openaiVcr({ upstram: 'x' } as object)).toThrow(
    'unknown option `upstram`; did you mean `upstream`?',
  )
  expect(() => openaiVcr({ mode: 'sometimes' as 'once' })).toThrow(/^option `mode`: .*'sometimes'$/)
  expect(() => openaiVcr({ report: '' })).toThrow(
    "option `report`: expected the name of a file, such as 'played.json', found ''",
  )
})
