import { EventEmitter, on } from 'node:events'
import { createServer } from 'node:http'
import https from 'node:https'
import { Agent, fetch as undiciFetch, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import type { JournalEntry } from '../../src/engine/journal.ts'
import { runInOwnCassette } from '../../src/testing/own-cassette.ts'
import { runWithoutCassette, type RequestOwner } from '../../src/testing/request-owners.ts'
import { listenHere } from '../support/listen.ts'
import { tempDir } from '../support/temp.ts'

const URL = 'https://api.openai.com/v1/models'

/** Runs something as a test in a cassette that holds nothing: what it asks is found in its journal, and in its failures. */
async function play(name: string, body: (owner: RequestOwner) => Promise<unknown>) {
  const dir = await tempDir()
  let journal: readonly JournalEntry[] = []
  const { failures } = await runInOwnCassette(
    { label: `test '${name}'`, cassette: name, options: { dir, mode: 'replay' }, priced: false },
    async (owner) => {
      journal = owner.vcr.journal
      await body(owner)
      return { state: 'passed', errors: [] }
    },
  )
  return { asked: journal.map(({ path }) => path), failures: failures.map(({ message }) => message) }
}

/** Something that works outside of all tests. */
function worker(): { do(work: () => Promise<unknown>): Promise<unknown>; stop(): void } {
  const jobs = new EventEmitter()
  // Whoever emits has a context of his own, the loop keeps the one in which it began.
  const loop = async (): Promise<void> => {
    for await (const [work, done] of on(jobs, 'job', { close: ['stop'] })) done(await work())
  }
  void loop()
  return {
    do: (work) => new Promise((done) => jobs.emit('job', work, done)),
    stop: () => jobs.emit('stop'),
  }
}

function signal(): { given: Promise<void>; give: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { given: promise, give: resolve }
}

test('tests at once share a pool of one connection, and each is answered from its own cassette', async () => {
  const dispatcher = new Agent({ connections: 1 })
  onTestFinished(() => dispatcher.close())
  const ways: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
    request: (url) => request(url, { dispatcher }).then(({ body }) => body.text()),
    body: (url) => request(url, { dispatcher, method: 'POST', body: 'abc' }).then(({ body }) => body.text()),
    fetch: (url) => undiciFetch(url, { dispatcher, method: 'POST', body: 'abc' }).then((r) => r.text()),
    stream: (url) =>
      request(url, { dispatcher, method: 'POST', body: ReadableStream.from(['a', 'b']) as never }).then(
        ({ body }) => body.text(),
      ),
  }
  for (const [way, ask] of Object.entries(ways)) {
    const playing = ['one', 'two', 'three'].map((name) =>
      play(name, () => Promise.all([ask(`${URL}/${name}/1`), ask(`${URL}/${name}/2`)])),
    )
    const asked = (await Promise.all(playing)).map((each) => each.asked.toSorted())
    expect(asked, way).toEqual(
      ['one', 'two', 'three'].map((name) => [`/v1/models/${name}/1`, `/v1/models/${name}/2`]),
    )
  }
})

test('tests at once that share an agent of one socket are told apart', async () => {
  const agent = new https.Agent({ maxSockets: 1, keepAlive: true })
  onTestFinished(() => agent.destroy())
  const ask = (url: string): Promise<unknown> =>
    new Promise((resolve) => https.get(url, { agent }, (res) => res.resume().on('end', resolve)))
  const played = await Promise.all(['one', 'two'].map((name) => play(name, () => ask(`${URL}/${name}`))))
  expect(played.map(({ asked }) => asked)).toEqual([['/v1/models/one'], ['/v1/models/two']])
})

test('what was started before is the only running test’s', async () => {
  const { do: work, stop } = worker()
  onTestFinished(() => void stop())
  const server = createServer(async (_, res) => res.end(await (await fetch(URL)).text()))
  const url = await listenHere(server)
  onTestFinished(() => void server.close())
  const { asked, failures } = await play('one', async () => {
    await fetch(url)
    await work(() => fetch(`${URL}/2`))
  })
  expect(asked).toEqual(['/v1/models', '/v1/models/2'])
  expect(failures).toHaveLength(1)
})

test('what could be of any of several tests is answered with an error, and fails them all', async () => {
  const { do: work, stop } = worker()
  onTestFinished(() => void stop())
  let answer: unknown
  const running = signal()
  const answered = signal()
  const [one, two] = await Promise.all([
    play('one', async () => {
      await running.given
      answer = await work(async () => {
        const response = await fetch(URL)
        return [response.status, response.headers.get('x-should-retry'), await response.json()]
      })
      answered.give()
    }),
    play('two', () => {
      running.give()
      return answered.given
    }),
  ])
  const message = expect.stringMatching(
    /^A request to api\.openai\.com could come from any of 2 tests that run at the same time:\n {2}test 'one'\n {2}test 'two'\n/,
  )
  expect(answer).toEqual([500, 'false', { error: expect.objectContaining({ message }) }])
  expect([one, two]).toEqual([
    { asked: [], failures: [message] },
    { asked: [], failures: [message] },
  ])
})

test('a test without a cassette beside one that has it is left alone', async () => {
  const { do: work, stop } = worker()
  onTestFinished(() => void stop())
  let outside: unknown
  const { asked, failures } = await play('one', async () => {
    // A host that nobody answers for.
    const asking = (): Promise<unknown> =>
      fetch('https://api.openai.com:1/').catch((error: Error) => error.cause)
    outside = await runWithoutCassette(asking)
    await work(asking)
  })
  expect(outside).toBeInstanceOf(Error)
  expect({ asked, failures }).toEqual({ asked: [], failures: [] })
})

test('a request that a test did not await gets an error after the test has ended, and a warning is emitted', async () => {
  const warned: Error[] = []
  const listen = (warning: Error): void => void warned.push(warning)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  const ended = signal()
  let late: Promise<Response> | undefined
  const first = await play('one', async () => {
    late = ended.given.then(() => fetch(URL))
  })
  const second = await play('two', async () => {
    ended.give()
    const response = await late
    expect(response?.status).toBe(500)
    expect(await response?.json()).toMatchObject({
      error: {
        message: expect.stringMatching(
          /^test 'one' has ended, but a request was made on its behalf afterwards/,
        ),
      },
    })
  })
  expect([first, second]).toEqual([
    { asked: [], failures: [] },
    { asked: [], failures: [] },
  ])
  expect(warned.map(({ message }) => message)).toEqual([expect.stringMatching(/^test 'one' has ended/)])
})
