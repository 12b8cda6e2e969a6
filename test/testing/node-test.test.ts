import { expect, test } from 'vitest'
import { askingProject, countingUpstream, type NodeTestRun } from '../support/node-test.ts'
import { localUpstream } from '../support/upstream.ts'

/** Tests that pass when they are recorded and when they are replayed. */
const PASSING = {
  named: `
    test('Tells the weather!', async (t) => {
      assert.equal(t.vcr.name, 'weather/tells-the-weather')
      assert.match(await ask('Paris'), /to Paris/)
    })
    describe('In Rome', () => {
      it('rains', async ({ vcr }) => {
        assert.match(await ask('Rome'), /to Rome/)
        assert.equal(vcr.journal.length, 1)
      })
    })`,
  atOnce: `
    describe('at once', { concurrency: true }, () => {
      // Nobody goes on before all have come so far.
      const together = (count) => {
        let wait = Promise.withResolvers()
        let waiting = 0
        return async () => {
          if (++waiting === count) { wait.resolve(); wait = Promise.withResolvers(); waiting = 0; return }
          await wait.promise
        }
      }
      const meet = together(3)
      for (const name of ['first', 'second', 'third']) {
        test(name, async ({ vcr }) => {
          await meet()
          const answers = [await ask('the same')]
          await meet()
          answers.push(await ask(name), await ask('the same'))
          await meet()
          assert.equal(vcr.journal.length, 3)
          assert.match(answers[1], new RegExp('to ' + name))
          assert.equal(new Set(answers).size, 3)
        })
      }
    })`,
  subtests: `
    test('in parts', async (t) => {
      await t.test('the first', async () => { assert.match(await ask('one'), /to one/) })
      t.test('the second', async (t) => {
        await t.test('inside', async () => { assert.match(await ask('two'), /to two/) })
      })
      t.after(async () => { assert.match(await ask('after all'), /to after all/) })
      assert.match(await ask('three'), /to three/)
    })`,
  ended: `
    const direct = () => fetch(process.env.DIRECT + '/v1/x', { method: 'POST', body: '{"n":"direct"}' }).then((res) => res.text())
    test('asks directly', { cassette: { hosts: [new URL(process.env.DIRECT).host] } }, async () => { await direct() })
    plain('outside', async () => { assert.match(await direct(), /to direct/) })`,
}

interface Together {
  readonly recorded: NodeTestRun
  readonly replayed: NodeTestRun
  readonly cassettes: Readonly<Record<string, string>>
  /** How often the upstream was asked, by then. */
  readonly asked: readonly [recording: number, replaying: number]
}

let together: Promise<Together> | undefined

/** All of them in one file, recorded once and replayed once: each run takes its third of a second. */
function passing(): Promise<Together> {
  together ??= recordAndReplay(Object.values(PASSING).map((source) => `{${source}\n}`))
  return together
}

async function recordAndReplay(sources: readonly string[]): Promise<Together> {
  const tests = await askingProject(sources.join('\n'))
  const { url, env, asked } = await countingUpstream()
  const recorded = await tests.run({ ...env, OPENAI_VCR_MODE: 'record', DIRECT: url })
  const [cassettes, recording] = [await tests.cassettes(), asked()]
  const replayed = await tests.run({ DIRECT: url })
  return { recorded, replayed, cassettes, asked: [recording, asked()] }
}

test('what passes when it is recorded passes when it is replayed, and asks nothing', async () => {
  const { recorded, replayed, cassettes, asked } = await passing()
  expect([recorded.status, replayed.status], recorded.stderr + replayed.stderr).toEqual([0, 0])
  expect(new Set(Object.values(recorded.outcomes))).toEqual(new Set(['passed']))
  expect(replayed.outcomes).toEqual(recorded.outcomes)
  const requests = Object.values(cassettes).flatMap((text) => text.match(/^ {2}- request:/gm) ?? [])
  // What is asked outside of tests is asked again.
  expect([requests.length, ...asked]).toEqual([requests.length, requests.length + 1, requests.length + 2])
})

test('each test has a cassette named after its file, its suites and itself', async () => {
  const { recorded, cassettes } = await passing()
  expect(recorded.outcomes).toMatchObject({ 'Tells the weather!': 'passed', rains: 'passed' })
  expect(Object.keys(cassettes)).toEqual([
    'weather/asks-directly',
    'weather/at-once--first',
    'weather/at-once--second',
    'weather/at-once--third',
    'weather/in-parts',
    'weather/in-rome--rains',
    'weather/tells-the-weather',
  ])
})

test('tests that run at the same time in one file do not see each other', async () => {
  const { recorded, cassettes } = await passing()
  expect(recorded.outcomes).toMatchObject({ first: 'passed', second: 'passed', third: 'passed' })
  expect(cassettes['weather/at-once--second']?.match(/^ {2}- request:/gm)).toHaveLength(3)
  expect(cassettes['weather/at-once--second']).toContain('to second')
  expect(cassettes['weather/at-once--second']).not.toMatch(/to (?:first|third)/)
})

test('subtests share the cassette of their test, also those that nobody waits for', async () => {
  const { recorded, cassettes } = await passing()
  expect(recorded.outcomes).toMatchObject({
    'in parts': 'passed',
    'the first': 'passed',
    'the second': 'passed',
    inside: 'passed',
  })
  expect(cassettes['weather/in-parts']?.match(/^ {2}- request:/gm)).toHaveLength(4)
})

test('nothing is intercepted once a test has ended', async () => {
  const { replayed, asked } = await passing()
  expect(replayed.outcomes).toMatchObject({ 'asks directly': 'passed', outside: 'passed' })
  expect(asked[1] - asked[0], 'the plain test asks again').toBe(1)
})

test('a test that swallows a miss fails with the explanation', async () => {
  const tests = await askingProject(`
    test('swallows', async () => { await ask('Paris') })
    test('asks nothing', () => {})`)
  const { env } = await countingUpstream()
  await tests.run({ ...env, OPENAI_VCR_MODE: 'record' })
  expect(await tests.run()).toMatchObject({ status: 0 })
  const changed = await askingProject(`
    test('swallows', async () => { await ask('Rome').catch(() => {}) })
    test('asks nothing', () => {})`)
  const missed = await changed.run({ OPENAI_VCR_CASSETTES: `${tests.dir}/cassettes` })
  expect(missed).toMatchObject({ status: 1, outcomes: { swallows: 'failed', 'asks nothing': 'passed' } })
  expect(missed.tests['swallows']?.error).toContain('recorded: "Paris"')
  expect(missed.tests['swallows']?.error).toContain('received: "Rome"')
})

test('a test that fails for another reason says so, and tells of the miss beside it', async () => {
  const tests = await askingProject(`
    test('falls back', async () => {
      await ask('Rome')
      throw new Error('an own failure')
    })`)
  const { tests: ended, diagnostics } = await tests.run()
  expect(ended['falls back']?.error).toBe('an own failure')
  expect(diagnostics.join()).toContain('No recorded request matches')
})

test('what a failing test recorded is not kept, unless it is asked for', async () => {
  const tests = await askingProject(`
    const fail = async (t) => { await ask(t.name); assert.fail('it fails') }
    test('fails', fail)
    test('fails and keeps', { cassette: { keepFailed: true } }, fail)
    test('fails in a subtest', async (t) => {
      await ask('above')
      await t.test('the subtest', async (t) => { await ask('below'); assert.fail('so it is') })
    })
    test('fails deep', async (t) => {
      await t.test('one', (t) => t.test('two', async () => { await ask('deep'); assert.fail('deep') }))
    })
    const hang = (leaving, n) => async () => {
      await ask(n)
      leaving.abort()
      await new Promise(() => {})
    }
    const [first, second] = [new AbortController(), new AbortController()]
    test('hangs', { signal: first.signal }, hang(first, 'in time'))
    test('hangs and keeps', { signal: second.signal, cassette: { keepFailed: true } }, hang(second, 'in time, too'))
    test('passes', async () => { await ask('fine') })`)
  const { env, asked } = await countingUpstream()
  const { outcomes } = await tests.run({ ...env, OPENAI_VCR_MODE: 'record' })
  expect(outcomes).toEqual({
    fails: 'failed',
    'fails and keeps': 'failed',
    'fails in a subtest': 'failed',
    'the subtest': 'failed',
    'fails deep': 'failed',
    one: 'failed',
    two: 'failed',
    hangs: 'failed',
    'hangs and keeps': 'failed',
    passes: 'passed',
  })
  expect(asked()).toBe(8)
  expect(Object.keys(await tests.cassettes())).toEqual([
    'weather/fails-and-keeps',
    'weather/hangs-and-keeps',
    'weather/passes',
  ])
})

test('a test fails that leaves a stream early while it is recorded, unless what came is to be kept', async () => {
  const early = `{
      const response = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: '{}' })
      for await (const _ of response.body) break
    }`
  const tests = await askingProject(`
    test('leaves', async () => ${early})
    test('leaves, and keeps', { cassette: { keepTruncated: true } }, async () => ${early})
    describe('a suite', () => {
      useCassette('suite')
      test('leaves in it', async () => ${early})
    })`)
  const endless = await localUpstream((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"n":1}\n\n')
  })
  const env = { OPENAI_VCR_MODE: 'record', OPENAI_VCR_UPSTREAM: endless.url }
  const { outcomes, tests: ended, suites } = await tests.run(env)
  expect(outcomes).toEqual({ leaves: 'failed', 'leaves, and keeps': 'passed', 'leaves in it': 'passed' })
  expect(ended['leaves']?.error).toContain(
    'POST /v1/chat/completions: the client left before the response ended',
  )
  expect(ended['leaves']?.error).toContain('keepTruncated')
  expect(suites['a suite']).toContain('These requests were not recorded, so a replay would miss them')
  expect(Object.keys(await tests.cassettes())).toEqual(['weather/leaves-and-keeps'])
  const replayed = await tests.run({}, ['--test-name-pattern=keeps'])
  expect(replayed).toMatchObject({ status: 0, outcomes: { 'leaves, and keeps': 'passed' } })
})

test('a miss that a subtest swallows fails the test, and is told once where the subtest says it', async () => {
  const tests = await askingProject(`
    test('swallows', async (t) => {
      await t.test('below', async () => { await ask('Rome') })
    })
    test('says it', async (t) => {
      await t.test('louder', async () => { assert.fail(JSON.parse(await ask('Rome')).error.message) })
    })`)
  const { tests: ended } = await tests.run()
  expect(ended['below']).toMatchObject({ outcome: 'passed' })
  expect(ended['swallows']?.error).toContain('No recorded request matches')
  expect(ended['louder']?.error).toContain('No recorded request matches')
  expect(ended['says it']?.error).toBe('1 subtest failed')
})

test('skip, todo and only are those of node:test', async () => {
  const tests = await askingProject(`
    test.skip('skipped', async () => { await ask('never') })
    test('skipped by an option', { skip: true }, async () => { await ask('never') })
    test('skips itself', async (t) => { await ask('in vain'); t.skip() })
    test.todo('to do', async () => { assert.fail('not yet') })
    test('without a function')
    it.only('chosen', async () => { await ask('Paris') })`)
  const { env, asked } = await countingUpstream()
  const all = await tests.run({ ...env, OPENAI_VCR_MODE: 'record' })
  expect(all).toMatchObject({
    status: 0,
    outcomes: {
      skipped: 'skipped',
      'skipped by an option': 'skipped',
      'skips itself': 'skipped',
      'to do': 'todo',
      'without a function': 'passed',
      chosen: 'passed',
    },
  })
  expect(asked()).toBe(2)
  expect(Object.keys(await tests.cassettes())).toEqual(['weather/chosen'])
  const only = await tests.run({}, ['--test-only'])
  expect(only.outcomes).toEqual({ chosen: 'passed' })
})

test('tests stand where the user wrote them', async () => {
  const tests = await askingProject(`
    test('fails', () => assert.fail('here'))
      test.only('passes', async (t) => {
        await t.test('inside', () => {})
      })`)
  const { tests: ended } = await tests.run()
  const lines = tests.source.split('\n')
  for (const [name, call] of [
    ['fails', "test('fails'"],
    ['passes', "test.only('passes'"],
    ['inside', "t.test('inside'"],
  ] as const) {
    const line = lines.findIndex((each) => each.includes(call))
    const column = (lines[line] as string).indexOf(call) + call.lastIndexOf('.', call.indexOf('(')) + 1
    expect(ended[name]?.place).toBe(`${tests.file}:${line + 1}:${column + 1}`)
  }
})
