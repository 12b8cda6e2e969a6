import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ASK, echoUpstream } from '../support/echo-upstream.ts'
import { askingProject } from '../support/node-test.ts'
import { SLOW, vitestProject } from '../support/vitest-project.ts'

const OLD = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2020-01-01\ninteractions: []\n...\n'
const CONFIG = `
  import { type Config, defineConfig } from 'openai-vcr'
  const cassettes: Config['cassettes'] = { 'very-*': { expires: { after: '1y', action: 'fail' } } }
  export default defineConfig({ cassettes })
`

const TESTS = `
  import { describe, expect } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'

  test('too old', { cassette: { name: 'old', expires: { after: '30d', action: 'fail' } } }, () => {})
  test('old, and warned of', { cassette: { name: 'old', expires: '30d' } }, () => {})
  test('old, and warned of before', { cassette: { name: 'old', expires: '30d' } }, () => {})
  test('old', { cassette: { name: 'old' } }, () => {})
  test('too old by the configuration', { cassette: { name: 'very-old' } }, () => {})
  test('spends', { cassette: { budget: { tokens: 0 } } }, async () => {
    await expect(ask('1')).rejects.toThrow('You exceeded your current quota')
  })
  describe('suite', () => {
    useCassette('suite', { budget: { usd: 0 } })
    test('spends', async () => {
      await expect(ask('1')).rejects.toThrow('You exceeded your current quota')
    })
  })
`

const EXPIRED =
  /CassetteError: .*cassette 'old' \(.*old\.yaml\) was recorded on 2020-01-01, \d+ days ago, and expires after 30 days\. To re-record it: npx openai-vcr rerecord old$/m

test(
  'under vitest a test fails by a cassette that is too old, and has the budget of its options',
  SLOW,
  async () => {
    const { run } = await vitestProject({
      'ask.js': ASK,
      'test/f.test.js': TESTS,
      'cassettes/old.yaml': OLD,
      'cassettes/very-old.yaml': OLD,
      'openai-vcr.config.ts': CONFIG,
    })
    const { tests, stderr } = await run()
    expect(tests['too old']).toMatch(EXPIRED)
    expect(tests).toMatchObject({
      'old, and warned of': 'passed',
      'old, and warned of before': 'passed',
      old: 'passed',
      'too old by the configuration': expect.stringContaining('expires after 1 year') as unknown,
      spends: 'passed',
      'suite spends': 'passed',
    })
    expect(stderr.match(/OpenaiVcrWarning: cassette 'old'/g)).toHaveLength(1)
  },
)

const RERECORDED = `
  import { expect } from 'vitest'
  import { test } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'

  test('passes', async () => void (await ask('1')))
  test('fails', async () => {
    await ask('2')
    expect(1).toBe(2)
  })
`

test(
  'a run with a key records anew what is too old where its test passes, and then replays it',
  SLOW,
  async () => {
    const { url, asked } = await echoUpstream()
    const { run, cassettes } = await vitestProject({
      'ask.js': ASK,
      'test/f.test.js': RERECORDED,
      'cassettes/test/f/passes.yaml': OLD,
      'cassettes/test/f/fails.yaml': OLD,
      'cassettes/openai-vcr.config.json': JSON.stringify({
        expires: { after: '30d', action: 'rerecord' },
        budget: { tokens: 5000 },
      }),
    })
    const env = { OPENAI_VCR_UPSTREAM: url, OPENAI_API_KEY: 'sk-any' }
    expect((await run([], { ...env, CI: 'true' })).tests['passes']).not.toBe('passed')
    expect(asked()).toBe(0)
    const { tests, stderr } = await run([], env)
    expect(tests).toMatchObject({
      passes: 'passed',
      fails: expect.stringContaining('expected 1 to be 2') as unknown,
    })
    expect(stderr).toContain('It is re-recorded now, which sends requests to the API and costs money')
    expect(await cassettes()).toEqual({ 'test/f/passes': ['1'], 'test/f/fails': [] })
    expect(asked()).toBe(2)
    expect((await run([], { ...env, CI: 'true' })).tests['passes']).toBe('passed')
    expect(asked()).toBe(2)
  },
)

test('under node:test too', async () => {
  const tests = await askingProject(`
    test('too old', { cassette: { name: 'old', expires: { after: '30d', action: 'fail' } } }, () => {})
    test('spends', { cassette: { name: 'old', expires: '30d', budget: { usd: 0 } } }, async () => {
      assert.match(await ask('1'), /You exceeded your current quota/)
    })`)
  await mkdir(path.join(tests.dir, 'cassettes'))
  await writeFile(path.join(tests.dir, 'cassettes/old.yaml'), OLD)
  const ended = await tests.run()
  expect(ended.outcomes).toEqual({ 'too old': 'failed', spends: 'passed' })
  expect(ended.tests['too old']?.error).toMatch(/'old' \(.*\) was recorded on 2020-01-01, .* rerecord old/)
})
