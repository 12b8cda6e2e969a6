import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { surroundings } from '../support/cli.ts'
import { ASK, echoUpstream } from '../support/echo-upstream.ts'
import { LONG } from '../support/long.ts'
import { localUpstream } from '../support/upstream.ts'
import { SLOW, vitestProject, VITEST } from '../support/vitest-project.ts'

const MODES = `
  import { expect } from 'vitest'
  import { test } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'

  const quiet = (content) => ask(content).catch(() => {})
  test('by default', async () => quiet('by default'))
  test('by code', { cassette: { mode: 'once' } }, async () => quiet('by code'))
`

test(
  'what is recorded is said by the environment, by vitest -u, and by the code, in this order',
  SLOW,
  async () => {
    const upstream = await echoUpstream()
    const files = { 'ask.js': ASK, 'test/m.test.ts': MODES }
    const cases = [
      { args: [], env: {}, recorded: ['by-code'] },
      { args: ['-u'], env: {}, recorded: ['by-code', 'by-default'] },
      { args: ['-u'], env: { OPENAI_VCR_MODE: 'replay' }, recorded: [] },
      { args: ['-u'], env: { CI: 'true' }, recorded: [] },
      { args: [], env: { CI: 'true', OPENAI_VCR_MODE: 'record' }, recorded: ['by-code', 'by-default'] },
      // What is left out says the same of the environment as OPENAI_VCR_MODE.
      ...(LONG ? [{ args: ['-u'], env: { USE_REAL_OPENAI: 'true' }, recorded: [] }] : []),
    ]
    for (const { args, env, recorded } of cases) {
      const project = await vitestProject(files)
      const { tests } = await project.run(args, { OPENAI_VCR_UPSTREAM: upstream.url, ...env })
      expect(Object.keys(tests), JSON.stringify({ args, env })).toEqual(['by default', 'by code'])
      expect(Object.keys(await project.cassettes()), JSON.stringify({ args, env })).toEqual(
        recorded.map((name) => `test/m/${name}`),
      )
    }
  },
)

const KEEPING = `
  import { describe, expect, test as plain } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'

  test('fails', async () => { await ask('fails'); expect(1).toBe(2) })
  test('fails and keeps', { cassette: { keepFailed: true } }, async () => { await ask('kept'); expect(1).toBe(2) })
  test('passes', async () => { await ask('passes ' + process.env.RUN); await ask('and ends') })
  describe('suites', () => {
    useCassette('suite')
    plain('one', async () => { await ask('in a suite ' + process.env.RUN) })
    plain('two', async () => { await ask('in it'); expect(process.env.RUN).not.toBe('2') })
  })
  const shared = { cassette: { name: 'shared' } }
  test('a', shared, async () => { await ask('a') })
  test('b', shared, async () => { await ask('b') })
  describe('twice', () => {
    useCassette('twice')
    plain('in it', async () => { await ask('once') })
  })
  describe('twice again', () => {
    useCassette('twice')
    plain('in it', async () => { await ask('again') })
  })
`

test('a recording replaces the old one only if its tests pass', SLOW, async () => {
  const upstream = await echoUpstream()
  const project = await vitestProject({ 'ask.js': ASK, 'test/k.test.ts': KEEPING })
  const run = (RUN: string, ...args: string[]) =>
    project.run(args, { RUN, OPENAI_VCR_MODE: 'record', OPENAI_VCR_UPSTREAM: upstream.url })
  const { tests, stderr } = await run('1')
  const others = (title: string, other: string): string =>
    `failed\nUsageError: test '${title}' (test/k.test.ts): cassette 'shared' is also used by test '${other}' (test/k.test.ts): in the mode 'record', each would replace the recording of the one before. Give each its own cassette name, or share the cassette in a suite with useCassette('shared')`
  const failed = 'failed\nAssertionError: expected 1 to be 2 // Object.is equality'
  expect(tests).toEqual({
    fails: failed,
    'fails and keeps': failed,
    passes: 'passed',
    'suites one': 'passed',
    'suites two': 'passed',
    a: others('a', 'b'),
    b: others('b', 'a'),
    'twice in it': 'skipped',
    'twice again in it': 'skipped',
  })
  expect(stderr).toContain(
    "UsageError: suite 'twice' (test/k.test.ts): cassette 'twice' is also used by suite 'twice again' (test/k.test.ts): in the mode 'record'",
  )
  const kept = { 'test/k/fails-and-keeps': ['kept'], 'test/k/passes': ['passes 1', 'and ends'] }
  expect(await project.cassettes()).toEqual({ suite: ['in a suite 1', 'in it'], ...kept })

  await run('2')
  const keptThen = { ...kept, 'test/k/passes': ['passes 2', 'and ends'] }
  expect(await project.cassettes()).toEqual({ suite: ['in a suite 1', 'in it'], ...keptThen })

  const part = await run('3', '-t', 'one')
  expect(part.tests['suites one']).toBe('passed')
  expect(part.stderr).toContain(
    "the recording of 'suite' was discarded: 1 of the tests in suite 'suites' (test/k.test.ts) did not run, and the interactions recorded for them would be lost. Run the whole suite, or record with OPENAI_VCR_MODE=record-missing",
  )
  expect(await project.cassettes()).toEqual({ suite: ['in a suite 1', 'in it'], ...keptThen })

  await run('4', '-t', 'suites')
  expect(await project.cassettes()).toEqual({ suite: ['in a suite 4', 'in it'], ...keptThen })
})

test('a crash in the middle of a recording leaves the old cassette', SLOW, async () => {
  const upstream = await echoUpstream()
  const project = await vitestProject({
    'ask.js': ASK,
    'test/crash.test.ts': `
      import { writeFileSync } from 'node:fs'
      import { test } from 'openai-vcr/vitest'
      import { ask } from '../ask.js'
      test('crashes', { timeout: 60_000 }, async () => {
        await ask('whole')
        if (process.env.CRASH === undefined) return
        await ask('more')
        writeFileSync(process.env.CRASH, String(process.pid))
        await new Promise(() => {})
      })
    `,
  })
  const env = { OPENAI_VCR_MODE: 'record', OPENAI_VCR_UPSTREAM: upstream.url }
  await project.run([], env)
  const file = path.join(project.dir, 'cassettes/test/crash/crashes.yaml')
  const before = await readFile(file, 'utf8')

  const pid = path.join(project.dir, 'pid')
  const workerOf = (): Promise<number> =>
    vi.waitUntil(async () => Number(await readFile(pid, 'utf8').catch(() => '')), { timeout: 20_000 })
  const ending = project.run(['--pool=forks'], { ...env, CRASH: pid })
  process.kill(await workerOf(), 'SIGKILL')
  expect((await ending).status).not.toBe(0)
  expect(await readFile(file, 'utf8')).toBe(before)

  await writeFile(pid, '')
  const whole = spawn(process.execPath, [VITEST, 'run', '--pool=threads'], {
    cwd: project.dir,
    env: surroundings({ ...env, CRASH: pid }),
    stdio: 'ignore',
  })
  const gone = new Promise((resolve) => whole.on('close', resolve))
  await workerOf()
  whole.kill('SIGKILL')
  await gone
  expect(await readFile(file, 'utf8')).toBe(before)
  expect(upstream.asked()).toBe(5)
})

test('a test that hangs on its upstream fails in its time, and keeps nothing', SLOW, async () => {
  const silent = await localUpstream(() => {})
  const project = await vitestProject({
    'ask.js': ASK,
    'test/hang.test.ts': `
      import { test } from 'openai-vcr/vitest'
      import { ask } from '../ask.js'
      test('hangs', { timeout: 200 }, async () => ask('hang'))
      test('goes on', () => {})
    `,
  })
  const { tests } = await project.run([], { OPENAI_VCR_MODE: 'record', OPENAI_VCR_UPSTREAM: silent.url })
  expect(tests).toEqual({
    hangs: expect.stringMatching(/^failed\nTestTimeoutError: Test timed out in 200ms\.\n.*$/),
    'goes on': 'passed',
  })
  expect(await project.cassettes()).toEqual({})
})

const WATCH = `
  import { writeFileSync } from 'node:fs'
  import { startVitest } from 'vitest/node'
  const summaries = []
  const vitest = await startVitest('test', [], { watch: true, reporters: [{}], api: false })
  const ran = () => vitest.state.getFiles().flatMap(({ tasks }) => tasks.map(({ name, result }) => name + ' ' + result?.state))
  const first = ran()
  await vitest.updateSnapshot()
  const second = ran()
  await vitest.rerunFiles()
  writeFileSync('watched.json', JSON.stringify({ first, second, third: ran() }))
  await vitest.close()
  process.exit()
`

test('in watch mode an update records, and the next run replays', SLOW, async () => {
  const upstream = await echoUpstream()
  const project = await vitestProject({
    'ask.js': ASK,
    'watch.mjs': WATCH,
    'test/w.test.ts': `
      import { test } from 'openai-vcr/vitest'
      import { ask } from '../ask.js'
      test('asks', async () => { await ask('watched') })
    `,
  })
  const child = spawn(process.execPath, ['watch.mjs'], {
    cwd: project.dir,
    env: surroundings({ OPENAI_VCR_UPSTREAM: upstream.url }),
    stdio: 'ignore',
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise((resolve) => child.on('close', resolve))
  expect(JSON.parse(await readFile(path.join(project.dir, 'watched.json'), 'utf8'))).toEqual({
    first: ['asks fail'],
    second: ['asks pass'],
    third: ['asks pass'],
  })
  expect(upstream.asked()).toBe(1)
})
