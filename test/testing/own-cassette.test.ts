import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { UnusedError } from '../../src/messages/errors.ts'
import type { Mode } from '../../src/engine/modes.ts'
import { runInOwnCassette } from '../../src/testing/own-cassette.ts'
import type { RequestOwner } from '../../src/testing/request-owners.ts'
import type { TestCassetteOptions } from '../../src/testing/test-options.ts'
import type { TestOutcome } from '../../src/testing/test-outcome.ts'
import { echoUpstream } from '../support/echo-upstream.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const PASSED: TestOutcome = { state: 'passed', errors: [] }
const FAILED: TestOutcome = { state: 'failed', errors: ['of its own'] }

/** A directory, and what runs tests on it that ask a local upstream. */
async function stage() {
  const dir = await tempDir()
  const upstream = await echoUpstream()
  const run = (
    mode: Mode,
    body: (owner: RequestOwner) => Promise<TestOutcome>,
    options: TestCassetteOptions = {},
  ) =>
    runInOwnCassette(
      {
        label: "test 'x' (a.test.ts)",
        cassette: 'x',
        options: { mode, dir, upstream: upstream.url, ...options },
        priced: false,
      },
      body,
    )
  const ask = async (content: string): Promise<Response> =>
    fetch(`${upstream.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content }] }),
    })
  const recorded = (): Promise<string> => readFile(path.join(dir, 'x.yaml'), 'utf8')
  return { run, ask, recorded, upstream }
}

test('a test that swallows a miss fails, with the explanation as its failure', async () => {
  const { run, ask } = await stage()
  const { report, failures } = await run('replay', async () => {
    await ask('never recorded')
    return PASSED
  })
  expect(report.passed).toBe(false)
  expect(report.counts).toEqual({ miss: 1 })
  expect(failures.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    expect.stringMatching(
      /^UnansweredError: No recorded request matches POST \/v1\/chat\/completions \("never recorded"\)/,
    ),
  ])
})

test('the explanation is told once: not where an error of the test has it already', async () => {
  const { run, ask } = await stage()
  const tell = async (content: string): Promise<string> => {
    const { error } = (await (await ask(content)).json()) as { error: { message: string } }
    return `404 ${error.message}`
  }
  const told = await run('replay', async () => ({ state: 'failed', errors: [await tell('one')] }))
  expect(told.failures).toEqual([])
  const half = await run('replay', async () => {
    await tell('another')
    return { state: 'failed', errors: [await tell('one')] }
  })
  expect(half.failures.map(({ message }) => message)).toEqual([expect.stringContaining('"another"')])
  const raw = async (): Promise<TestOutcome> => ({
    state: 'failed',
    errors: [await (await ask('raw')).text()],
  })
  expect((await run('replay', raw)).failures).toEqual([])
})

test('many misses are told as a few', async () => {
  const { run, ask } = await stage()
  const { failures } = await run('replay', async () => {
    for (const content of ['1', '1', '2', '3', '4', '5']) await ask(content)
    return PASSED
  })
  const [{ message }] = failures as [Error]
  expect(message.match(/No recorded request/g)).toHaveLength(3)
  expect(message).toMatch(/\n\nAnd 2 more were not answered\.$/)
})

test('what a failing test recorded is kept on demand only', async () => {
  const { run, ask, recorded } = await stage()
  const failing = (content: string) => async (): Promise<TestOutcome> => {
    await ask(content)
    return FAILED
  }
  const { report } = await run('record', failing('a'))
  expect(report.saved).toBeUndefined()
  expect(report.counts).toEqual({ dropped: 1 })
  await expect(recorded()).rejects.toThrow('ENOENT')
  const onDemand = await run('record', failing('b'), { keepFailed: true })
  expect(onDemand.report.counts).toEqual({ recorded: 1 })
  expect(await recorded()).toContain('"content": "b"')
  await run('record', async () => (await ask('c'), { state: 'skipped', errors: [] }), { keepFailed: true })
  expect(await recorded()).toContain('"content": "b"')
})

test('strictUnused is for tests that passed', async () => {
  const { run, ask } = await stage()
  await run('record', async () => (await ask('a'), await ask('b'), PASSED))
  const strict = { strictUnused: true, keepFailed: true }
  const passed = await run('replay', async () => (await ask('a'), PASSED), strict)
  expect(passed.failures).toEqual([expect.any(UnusedError)])
  expect(passed.report.unplayed).toEqual([
    { cassette: 'x', position: 1, method: 'POST', path: '/v1/chat/completions' },
  ])
  const failed = await run('replay', async () => (await ask('a'), FAILED), strict)
  expect(failed.failures).toEqual([])
  const missed = await run('replay', async () => (await ask('c'), PASSED), strict)
  expect(missed.failures.map(({ name }) => name)).toEqual(['UnansweredError'])
})

test('a cassette that cannot be opened names the test, which is not run', async () => {
  const { run } = await stage()
  const never = async (): Promise<TestOutcome> => expect.fail('it ran')
  await expect(run('replay', never, { repeat: 'often' as 'last' })).rejects.toThrow(
    "test 'x' (a.test.ts): option `repeat`: expected 'error', 'last' or 'cycle', found 'often'",
  )
  await expect(run('replay', never, { keepFailures: true } as TestCassetteOptions)).rejects.toThrow(
    "test 'x' (a.test.ts): unknown option `keepFailures`; did you mean `keepFailed`?",
  )
  await expect(run('replay', never, { hosts: 'api.openai.com' as never })).rejects.toThrow(
    "test 'x' (a.test.ts): option `hosts`: expected a list of hosts, such as ['my-resource.openai.azure.com'], found 'api.openai.com'",
  )
})

test('a test that throws past its runner keeps nothing, and leaves nothing open', async () => {
  const { run, ask, recorded } = await stage()
  const thrown = new Error('past all')
  const throwing = run('record', async () => {
    await ask('a')
    throw thrown
  })
  await expect(throwing).rejects.toBe(thrown)
  await expect(recorded()).rejects.toThrow('ENOENT')
})

test('an upstream that does not answer holds up no test that failed', { timeout: 5_000 }, async () => {
  const { run } = await stage()
  const silent = await localUpstream(() => {})
  let hanging: Promise<unknown> | undefined
  const asking = async (): Promise<TestOutcome> => {
    hanging = fetch(`${silent.url}/v1/models`).catch((error: Error) => error.message)
    await vi.waitUntil(() => silent.asked() === 1)
    return FAILED
  }
  const { report } = await run('record', asking, { upstream: silent.url })
  expect(report.counts).toEqual({ failed: 1 })
  expect(await hanging).toBe('fetch failed')
})

test('a test with an unrecorded response fails, and its recording is discarded', async () => {
  const { run, ask, recorded } = await stage()
  const gone = await localUpstream(() => {})
  await gone.close()
  const closed = { upstream: gone.url }
  const swallowing = (ran: TestOutcome) => async (): Promise<TestOutcome> => {
    await expect(fetch(`${gone.url}/v1/models`)).rejects.toThrow('fetch failed')
    return ran
  }
  const { report, failures } = await run('record', swallowing(PASSED), closed)
  expect(report.passed).toBe(false)
  expect(failures.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    expect.stringMatching(
      /^UnrecordedError: These requests were not recorded, so a replay would miss them:\n  GET \/v1\/models: no response from the upstream[^]*keepTruncated/,
    ),
  ])
  await expect(recorded()).rejects.toThrow('ENOENT')
  expect((await run('record', swallowing(FAILED), closed)).failures).toEqual([])
  expect((await run('live', swallowing(PASSED), closed)).failures).toEqual([])
  expect((await run('record', async () => (await ask('a'), PASSED))).failures).toEqual([])
})

test('a failed request whose retry was recorded is only reported', async () => {
  const { run } = await stage()
  let asked = 0
  const flaky = await localUpstream((_req, res) => void (asked++ === 0 ? res.destroy() : res.end('fine')))
  const again = async (): Promise<TestOutcome> => {
    await expect(fetch(`${flaky.url}/v1/models`)).rejects.toThrow('fetch failed')
    await fetch(`${flaky.url}/v1/models`)
    return PASSED
  }
  const { report, failures } = await run('record', again, { upstream: flaky.url })
  expect(failures).toEqual([])
  expect(report).toMatchObject({ passed: true, counts: { failed: 1, recorded: 1 } })
  expect(report.lost).toEqual([expect.stringMatching(/^GET \/v1\/models: no response from the upstream/)])
})

test('what is asked through the fetch of the cassette is recorded once, although its upstream is intercepted', async () => {
  const { run, upstream } = await stage()
  const { report } = await run('record', async ({ vcr }) => {
    await vcr.fetch(`${upstream.url}/v1/models`)
    await vcr.handle(new Request(`${upstream.url}/v1/models`))
    return PASSED
  })
  expect(report.counts).toEqual({ recorded: 2 })
})
