import { expect, test } from 'vitest'
import { askingProject, countingUpstream, type NodeTestRun } from '../support/node-test.ts'

const RECORD = { OPENAI_VCR_MODE: 'record' }

/** Suites that pass when they are recorded; one test of the last asks for something else when it is told to. */
const SUITES = {
  hooks: `
    describe('the weather', () => {
      const suite = useCassette('weather')
      before(async () => { assert.match(await ask('before'), /to before/) })
      beforeEach(async () => { assert.match(await ask('before each'), /to before each/) })
      after(async () => { assert.match(await ask('after'), /to after/) })
      test('ours', async ({ vcr }) => {
        assert.match(await ask('ours'), /to ours/)
        assert.equal(vcr.journal.length, 1)
        assert.equal(suite.vcr.name, 'weather')
      })
      plain('plain', async () => { assert.match(await ask('plain'), /to plain/) })
    })
    test('beside it', async ({ vcr }) => { assert.equal(vcr.name, 'weather/beside-it') })`,
  atOnce: `
    const both = Promise.withResolvers()
    let here = 0
    describe('at once', { concurrency: true }, () => {
      for (const name of ['north', 'south']) {
        describe(name, () => {
          useCassette(name)
          before(async () => {
            if (++here === 2) both.resolve()
            await both.promise
            await ask(name + ' before')
          })
          test('asks in the ' + name, async () => { await ask(name) })
        })
      }
    })`,
  misses: `
    describe('together', { concurrency: true }, () => {
      useCassette('together')
      const all = Promise.withResolvers()
      let here = 0
      for (const name of ['first', 'second', 'third']) {
        test(name, async ({ vcr }) => {
          if (++here === 3) all.resolve()
          await all.promise
          await ask(name === 'second' ? process.env.SECOND ?? name : name)
          assert.deepEqual(vcr.journal.length, 1)
        })
      }
    })`,
}

interface Together {
  readonly recorded: NodeTestRun
  readonly replayed: NodeTestRun
  readonly cassettes: Readonly<Record<string, string>>
  readonly asked: number
}

let together: Promise<Together> | undefined

/** All of them in one file, recorded once and replayed once: each run takes its third of a second. */
function runTogether(): Promise<Together> {
  together ??= recordAndReplay(Object.values(SUITES).map((source) => `{${source}\n}`))
  return together
}

async function recordAndReplay(sources: readonly string[]): Promise<Together> {
  const tests = await askingProject(sources.join('\n'))
  const { env, asked } = await countingUpstream()
  const recorded = await tests.run({ ...env, ...RECORD })
  const cassettes = await tests.cassettes()
  const replayed = await tests.run({ SECOND: 'changed' })
  return { recorded, replayed, cassettes, asked: asked() }
}

test('the tests and the hooks of a suite share its cassette, whoever defined them', async () => {
  const { recorded, replayed, cassettes, asked } = await runTogether()
  const passed = { ours: 'passed', plain: 'passed', 'beside it': 'passed' }
  expect(recorded).toMatchObject({ status: 0, outcomes: passed })
  expect(Object.keys(cassettes)).toEqual(['north', 'south', 'together', 'weather'])
  expect(cassettes['weather']?.match(/^ {2}- request:/gm)).toHaveLength(6)
  expect(replayed.outcomes).toMatchObject(passed)
  expect(asked).toBe(6 + 4 + 3)
})

test('suites that run at once have their own cassettes, for their hooks too', async () => {
  const { recorded, replayed, cassettes } = await runTogether()
  expect(cassettes['north']).toMatch(/to north before[^]*to north/)
  expect(cassettes['north']).not.toContain('south')
  expect(cassettes['south']).toMatch(/to south before[^]*to south/)
  for (const { outcomes } of [recorded, replayed])
    expect(outcomes).toMatchObject({ 'asks in the north': 'passed', 'asks in the south': 'passed' })
})

test('tests that run at once in a suite have their own misses and journals', async () => {
  const { recorded, replayed } = await runTogether()
  expect(recorded.outcomes).toMatchObject({ first: 'passed', second: 'passed', third: 'passed' })
  expect(replayed.outcomes).toMatchObject({ first: 'passed', second: 'failed', third: 'passed' })
})

test('a cassette of a file is that of all its tests, but of those that name one', async () => {
  const tests = await askingProject(`
    useCassette('file')
    test('one', async () => { assert.match(await ask('one'), /to one/) })
    describe('inside', () => {
      test('two', async ({ vcr }) => { await ask('two'); assert.equal(vcr.name, 'file') })
      test('its own', { cassette: { name: 'own' } }, async () => { await ask('three') })
    })
    describe('in another', () => {
      useCassette('other')
      test('four', async () => { await ask('four') })
    })`)
  const { env } = await countingUpstream()
  expect(await tests.run({ ...env, ...RECORD })).toMatchObject({ status: 0 })
  const cassettes = await tests.cassettes()
  expect(Object.keys(cassettes)).toEqual(['file', 'other', 'own'])
  expect(cassettes['file']).toMatch(/to one[^]*to two/)
  expect(cassettes['file']).not.toMatch(/to (?:three|four)/)
  expect(await tests.run()).toMatchObject({ status: 0 })
  expect(await tests.run({}, ['--test-isolation=none'])).toMatchObject({ status: 0 })
})

test('a miss fails the test that made it and no other; one of a hook, the suite', async () => {
  const tests = await askingProject(`
    describe('the weather', () => {
      useCassette('weather')
      test('swallows', async () => { await ask('Rome') })
      test('passes', async () => {})
    })
    describe('a hook', () => {
      useCassette('hook')
      before(async () => { await ask('Paris') })
      test('passes, too', async () => {})
    })`)
  const { outcomes, tests: ended, status, suites } = await tests.run()
  expect(status).toBe(1)
  expect(outcomes).toEqual({ swallows: 'failed', passes: 'passed', 'passes, too': 'passed' })
  expect(ended['swallows']?.error).toContain('No recorded request matches')
  expect(suites['a hook']).toContain('No recorded request matches')
})

test('a failing test of a suite costs the recording, and so does a run of a part of it', async () => {
  const tests = await askingProject(`
    describe('the weather', () => {
      useCassette('weather')
      test('in Paris', async () => { await ask('Paris') })
      test('in Rome', async () => { await ask('Rome'); assert.ok(process.env.FAIL === undefined) })
    })`)
  const { env } = await countingUpstream()
  await tests.run({ ...env, ...RECORD, FAIL: 'yes' })
  expect(await tests.cassettes()).toEqual({})
  await tests.run({ ...env, ...RECORD })
  const whole = await tests.cassettes()
  expect(whole['weather']).toMatch(/to Paris[^]*to Rome/)
  const part = await tests.run({ ...env, ...RECORD }, ['--test-name-pattern=Paris'])
  expect(part).toMatchObject({ status: 0, outcomes: { 'in Paris': 'passed' } })
  expect(part.stderr).toContain('1 of the tests in suite')
  expect(await tests.cassettes()).toEqual(whole)
})

test('a broken cassette fails the suite with file and line, and options of a test in it are refused', async () => {
  const tests = await askingProject(
    `
    describe('broken', () => {
      useCassette('broken', { dir: '.' })
      test('never runs', async () => {})
    })
    describe('with options', () => {
      useCassette('weather')
      test('has options', { cassette: { repeat: 'last' } }, async () => {})
    })`,
    { 'broken.yaml': 'version: 1\nnonsense: [' },
  )
  const { status, suites, tests: ended } = await tests.run()
  expect(status).toBe(1)
  expect(suites['broken']).toMatch(/suite 'broken' \(weather\.test\.js\): .*broken\.yaml/s)
  expect(ended['has options']?.error).toContain('option `repeat` has no effect')
})
