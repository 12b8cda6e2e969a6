import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ASK } from '../support/echo-upstream.ts'
import { askingProject } from '../support/node-test.ts'
import { SLOW, vitestProject } from '../support/vitest-project.ts'

const OLD = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2020-01-01\ninteractions: []\n...\n'
const CONFIG = JSON.stringify({ cassettes: { 'very-*': { expires: { after: '1y', action: 'fail' } } } })

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
  /CassetteError: .*cassette 'old' \(.*old\.yaml\) was recorded on 2020-01-01, \d+ days ago, and may grow no older than 30 days\. Record it anew: npx openai-vcr rerecord old$/m

test(
  'under vitest a test fails by a cassette that is too old, and has the budget of its options',
  SLOW,
  async () => {
    const { run } = await vitestProject({
      'ask.js': ASK,
      'test/f.test.js': TESTS,
      'cassettes/old.yaml': OLD,
      'cassettes/very-old.yaml': OLD,
      'cassettes/openai-vcr.config.json': CONFIG,
    })
    const { tests, stderr } = await run()
    expect(tests['too old']).toMatch(EXPIRED)
    expect(tests).toMatchObject({
      'old, and warned of': 'passed',
      'old, and warned of before': 'passed',
      old: 'passed',
      'too old by the configuration': expect.stringContaining('no older than 1 year') as unknown,
      spends: 'passed',
      'suite spends': 'passed',
    })
    expect(stderr.match(/OpenaiVcrWarning: cassette 'old'/g)).toHaveLength(1)
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
