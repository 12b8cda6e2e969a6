import { expect, test } from 'vitest'
import { ASK, echoUpstream } from '../support/echo-upstream.ts'
import { SLOW, vitestProject } from '../support/vitest-project.ts'

const SUITES = `
  import { createServer } from 'node:http'
  import { afterAll, beforeAll, beforeEach, describe, expect, test as plain } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'

  const mode = process.env.OPENAI_VCR_MODE ?? 'replay'

  describe('shared', () => {
    const shared = useCassette('shared')
    let server
    beforeAll(async () => {
      await ask('before all')
      await ask('by its fetch', shared.vcr.fetch)
      expect(shared.vcr.journal.length).toBe(2)
      server = createServer(async (req, res) => res.end(await ask('a server')))
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    })
    afterAll(async () => {
      await ask('after all')
      server.close()
    })
    beforeEach(async () => { await ask('before each') })
    plain('of vitest', async () => {
      await ask('of vitest')
      expect(shared.vcr.journal.length).toBe(2)
      expect(shared.vcr.name).toBe('shared')
      expect(shared.vcr.mode).toBe(mode)
    })
    test('of ours', async ({ vcr }) => {
      await ask('of ours', vcr.fetch)
      expect(vcr.journal.length).toBe(2)
    })
    plain('through a server', async () => {
      await (await fetch('http://127.0.0.1:' + server.address().port)).text()
      expect(shared.vcr.journal.length).toBe(2)
    })
    let attempts = 0
    plain('retried', { retry: 1 }, async () => {
      const [first, second] = [await ask('retried'), await ask('retried')]
      expect(first).not.toBe(second)
      expect(shared.vcr.journal.length).toBe(3)
      if (attempts++ === 0) throw new Error('not yet')
    })
    describe.concurrent('at once', () => {
      test('a', async ({ vcr }) => {
        await ask('a')
        expect(vcr.journal.length).toBe(2)
      })
      plain('b', async () => {
        await ask('b')
        await ask('b again')
        expect(shared.vcr.journal.length).toBe(3)
      })
    })
    describe('nested', () => {
      const inner = useCassette('nested/inner')
      plain('in it', async () => {
        await ask('in it')
        expect(inner.vcr.name).toBe('nested/inner')
      })
    })
    test('its own', { cassette: { name: 'own' } }, async ({ vcr }) => {
      await ask('its own')
      expect(vcr.name).toBe('own')
    })
  })
  plain('beside it', () => {
    expect(true).toBe(true)
  })
  let closed
  plain('outside', async () => {
    expect(() => closed.vcr).toThrow("the cassette 'closed' is only open in the tests and hooks of suite 'closed' (test/suites.test.ts)")
  })
  describe('closed', () => {
    closed = useCassette('closed')
    plain('asks nothing', () => {})
  })
`

const FILE = `
  import { describe, test as plain } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'

  plain('before it', async () => { await ask('1') })
  describe('a suite', () => {
    test('in it', async () => { await ask('2') })
  })
  useCassette('file', { strictUnused: true })
`

const SHARED = [
  'before all',
  'by its fetch',
  // Once for each of its tests, and for those of the suites in it: of attempts the last counts.
  ...Array.from({ length: 6 }, () => 'before each'),
  'of vitest',
  'of ours',
  'a server',
  'retried',
  'retried',
  'a',
  'b',
  'b again',
  'after all',
]

test('a suite shares its cassette: hooks, tests of any kind, attempts, servers', SLOW, async () => {
  const upstream = await echoUpstream()
  const project = await vitestProject({
    'ask.js': ASK,
    'test/suites.test.ts': SUITES,
    'test/file.test.ts': FILE,
  })
  const record = await project.run([], {
    OPENAI_VCR_MODE: 'record',
    OPENAI_VCR_UPSTREAM: upstream.url,
  })
  const passed = [
    'a suite in it',
    'before it',
    'beside it',
    'closed asks nothing',
    'outside',
    'shared at once a',
    'shared at once b',
    'shared its own',
    'shared nested in it',
    'shared of ours',
    'shared of vitest',
    'shared retried',
    'shared through a server',
  ]
  const verdicts = Object.fromEntries(passed.map((name) => [name, 'passed']))
  expect(record.stderr).toBe('')
  expect(record.tests).toEqual(verdicts)
  const { shared, ...others } = await project.cassettes()
  expect(shared?.toSorted()).toEqual(SHARED.toSorted())
  expect(others).toEqual({
    file: ['1', '2'],
    'nested/inner': ['before each', 'in it'],
    own: ['before each', 'its own'],
  })

  await upstream.close()
  const replay = await project.run()
  expect(replay.stderr).toBe('')
  expect(replay.tests).toEqual(verdicts)
  const part = await project.run(['-t', 'in it'])
  expect([part.stderr, part.status]).toEqual(['', 0])
})
