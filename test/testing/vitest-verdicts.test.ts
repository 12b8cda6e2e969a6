import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ASK } from '../support/echo-upstream.ts'
import { SLOW, vitestProject } from '../support/vitest-project.ts'

const VERDICTS = `
  import { afterEach, beforeAll, describe, expect, test as plain } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'

  const swallow = (content) => ask(content).catch(() => undefined)

  test('swallows', async () => swallow('1'))
  test('tells itself', async () => ask('2'))
  test('fails for a reason of its own', async () => {
    await swallow('3')
    expect(1).toBe(2)
  })
  test('misses in a hook', () => {})
  afterEach(async ({ task }) => task.name === 'misses in a hook' && swallow('4'))
  test.fails('is to fail, and swallows', async () => {
    await swallow('5')
    throw new Error('as expected')
  })
  test.fails('is to fail, and fails by the miss', { retry: 1 }, async () => ask('6'))
  test('hangs', { timeout: 100 }, async () => {
    await swallow('7')
    await new Promise(() => {})
  })
  test('misses and is then skipped', async ({ skip }) => {
    await swallow('8')
    skip('for no reason')
  })
  test('is not hindered by these', () => {})

  test('an unknown option', { cassette: { repeats: 'last' } }, () => {})
  test('no options', { cassette: 'weather' }, () => {})
  test('a bad name', { cassette: { name: '../x' } }, () => {})
  test('broken', { cassette: { name: 'broken' } }, () => {})
  test.fails('broken, and to fail', { cassette: { name: 'broken' } }, () => {})

  describe('a suite', () => {
    useCassette('suite')
    plain('swallows in it', async () => swallow('9'))
    plain('misses nothing', () => {})
    test('options', { cassette: { repeat: 'last' } }, () => {})
    test('a cassette of its own', { cassette: { name: 'own' } }, async ({ vcr }) => expect(vcr.name).toBe('own'))
    plain.fails('is to fail in it', async () => ask('10'))
  })
  describe('a suite whose hook misses', () => {
    useCassette('suite')
    beforeAll(async () => swallow('11'))
    plain('in it', () => {})
  })
  describe('a suite whose cassette is broken', () => {
    useCassette('broken')
    plain('does not run', () => {})
  })
  test('calls it in a test', () => useCassette('suite'))
`

const SECOND = `
  import { test, useCassette } from 'openai-vcr/vitest'
  useCassette('one')
  useCassette('two')
  test('never defined', () => {})
`

function missed(content: string, cassette: string): string {
  return [
    `No recorded request matches POST /v1/chat/completions ("${content}") in cassette '${cassette}' (cassettes/${cassette}.yaml).`,
    `cassettes/${cassette}.yaml does not exist. The directory cassettes contains broken.`,
    'To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set',
  ].join('\n')
}

test('a test with an unanswered request fails, and reports it once', SLOW, async () => {
  const project = await vitestProject({
    'ask.js': ASK,
    'test/v.test.ts': VERDICTS,
    'test/second.test.ts': SECOND,
  })
  await mkdir(path.join(project.dir, 'cassettes'))
  await writeFile(path.join(project.dir, 'cassettes/broken.yaml'), 'version: 1\ninteractions: 5\n')
  const { tests, files, stderr } = await project.run()
  const unanswered = (content: string, cassette: string): string =>
    `failed\nUnansweredError: ${missed(content, cassette)}`
  const here = (title: string): string => `test '${title}' (test/v.test.ts)`
  expect(tests).toEqual({
    swallows: unanswered('1', 'test/v/swallows'),
    'tells itself': `failed\nError: ${missed('2', 'test/v/tells-itself')}`,
    'fails for a reason of its own': `failed\nAssertionError: expected 1 to be 2 // Object.is equality\nUnansweredError: ${missed('3', 'test/v/fails-for-a-reason-of-its-own')}`,
    'misses in a hook': unanswered('4', 'test/v/misses-in-a-hook'),
    'is to fail, and swallows': expect.stringContaining(
      `UnansweredError: ${missed('5', 'test/v/is-to-fail-and-swallows')}`,
    ),
    'is to fail, and fails by the miss': expect.stringContaining(
      `UnansweredError: ${missed('6', 'test/v/is-to-fail-and-fails-by-the-miss')}`,
    ),
    hangs: expect.stringMatching(
      /^failed\nTestTimeoutError: Test timed out in 100ms\.[^]*UnansweredError: No recorded request/,
    ),
    'misses and is then skipped': 'skipped',
    'is not hindered by these': 'passed',
    'an unknown option': `failed\nUsageError: ${here('an unknown option')}: unknown option \`repeats\`; did you mean \`repeat\`?`,
    'no options': expect.stringContaining(
      `failed\nUsageError: ${here('no options')}: options: expected an object, such as { repeat: 'last' }, found `,
    ),
    'a bad name': expect.stringMatching(
      /^failed\nUsageError: test 'a bad name' \(test\/v\.test\.ts\): option `name`: expected a name, .*, found '\.\.\/x'/,
    ),
    broken: expect.stringMatching(
      /^failed\nCassetteError: test 'broken' \(test\/v\.test\.ts\): .*cassettes\/broken\.yaml/,
    ),
    'broken, and to fail': expect.stringMatching(/^failed\nCassetteError: test 'broken, and to fail'/),
    'a suite swallows in it': unanswered('9', 'suite'),
    'a suite misses nothing': 'passed',
    'a suite options': `failed\nUsageError: ${here('a suite > options')}: option \`repeat\` has no effect, because the test uses the cassette of its suite: pass the option to useCassette(), or give the test its own cassette with \`name\``,
    'a suite a cassette of its own': 'passed',
    'a suite is to fail in it': expect.stringContaining(`UnansweredError: ${missed('10', 'suite')}`),
    'a suite whose hook misses in it': 'passed',
    'a suite whose cassette is broken does not run': 'skipped',
    'calls it in a test':
      "failed\nUsageError: useCassette('…') was called inside a test: call it in a describe, or at the top of the file",
  })
  expect(files).toEqual({
    'test/second.test.ts':
      "test/second.test.ts: useCassette('two') is the second one in this suite: move one of them into its own describe",
  })
  expect(stderr).toContain(
    `FAIL  test/v.test.ts > a suite whose hook misses\nUnansweredError: ${missed('11', 'suite')}\n`,
  )
  expect(stderr).toContain(
    [
      'FAIL  test/v.test.ts > a suite whose cassette is broken',
      "CassetteError: suite 'a suite whose cassette is broken' (test/v.test.ts): cassettes/broken.yaml:2: the file is cut off: expected '...' as its last line; restore it from version control or record again",
      '⎯⎯',
    ].join('\n'),
  )
})
