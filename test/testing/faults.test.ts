import { expect, test } from 'vitest'
import { ASK, echoUpstream } from '../support/echo-upstream.ts'
import { askingProject, countingUpstream } from '../support/node-test.ts'
import { SLOW, vitestProject } from '../support/vitest-project.ts'

const TESTS = `
  import { describe, expect } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'

  const faults = [{ nth: 1, error: 'insufficient_quota' }]

  test('own', { cassette: { faults } }, async () => {
    await expect(ask('1')).rejects.toThrow('You exceeded your current quota')
    expect(await ask('1')).toMatch('1')
  })
  test('other', async () => void (await ask('2')))
  describe('suite', () => {
    const vcr = useCassette('suite', { faults })
    test('first', async () => {
      await expect(ask('3')).rejects.toThrow('You exceeded your current quota')
    })
    test('second', async () => {
      expect(await ask('3')).toMatch('3')
    })
  })
`

test('faults of a test are its own, under node:test', async () => {
  const tests = await askingProject(`
    test('own', { cassette: { faults: [{ nth: 1, reset: true }] } }, async () => {
      await assert.rejects(ask('Paris'))
      assert.match(await ask('Paris'), /to Paris/)
    })
    test('other', async () => { assert.match(await ask('Rome'), /to Rome/) })`)
  const { env } = await countingUpstream()
  const passed = { status: 0, outcomes: { own: 'passed', other: 'passed' } }
  expect(await tests.run({ ...env, OPENAI_VCR_MODE: 'record' })).toMatchObject(passed)
  expect(await tests.run()).toMatchObject(passed)
})

const AGAIN = `
  import { describe, expect } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'

  async function ask(content) {
    const messages = [{ role: 'user', content }]
    const response = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages }),
    })
    await response.text()
    return response.headers.get('x-ratelimit-remaining-requests')
  }

  describe('limited', () => {
    const suite = useCassette('limited', { limits: { 'gpt-4o': { requests: 4 } } })
    let tries = 0
    test('before', async () => void (await ask('0')))
    test('again', { retry: 2 }, async () => {
      expect([await ask('1'), await ask('2')]).toEqual(['2', '1'])
      suite.vcr.advance(15_000)
      expect(await ask('3')).toBe('1')
      expect(++tries).toBe(3)
    })
    test('after', async () => expect(await ask('4')).toBe('0'))
  })
`

test(
  'faults of a test and of a suite are theirs alone, and a test of a suite that is run again finds its limits as they were, under vitest',
  SLOW,
  async () => {
    const { url } = await echoUpstream()
    const files = { 'ask.js': ASK, 'test/f.test.js': TESTS, 'test/again.test.js': AGAIN }
    const { run, cassettes } = await vitestProject(files)
    const passed = Object.fromEntries(
      ['own', 'other', 'suite first', 'suite second', 'limited before', 'limited again', 'limited after'].map(
        (name) => [name, 'passed'],
      ),
    )
    const env = { OPENAI_VCR_MODE: 'record', OPENAI_VCR_UPSTREAM: url }
    expect((await run([], env)).tests).toEqual(passed)
    const limited = ['0', '1', '2', '3', '4']
    expect(await cassettes()).toEqual({ 'test/f/own': ['1'], 'test/f/other': ['2'], suite: ['3'], limited })
    expect((await run()).tests).toEqual(passed)
  },
)
