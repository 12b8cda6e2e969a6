import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type CassetteOptions, openCassette, UnusedError } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import { adapters, type Subject } from './adapters.ts'

const HEAD = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2026-01-02\ninteractions:\n'

async function cassette(...interactions: string[]): Promise<string> {
  const dir = await tempDir()
  await writeFile(path.join(dir, 'c.yaml'), `${HEAD}${interactions.join('')}...\n`)
  return dir
}

function got(at: string, text: string, status = 200, headers = ''): string {
  const lines = headers === '' ? '' : `      headers: |\n        ${headers}\n`
  return `  - request:\n      method: GET\n      path: ${at}\n    response:\n      status: ${status}\n${lines}      body:\n        text: '${text}'\n`
}

const POLL = '/v1/batches/batch_1'
const texts = async (responses: readonly Response[]): Promise<string[]> =>
  Promise.all(responses.map((response) => response.text()))

for (const adapter of adapters) {
  const replay = (dir: string, more: CassetteOptions = {}): Promise<Subject> =>
    adapter.open('c', { mode: 'replay', dir, repeat: 'error', ...more })

  test(`${adapter.name}: a poll is answered as it was until what it waits for is done, whatever is asked between`, async () => {
    const dir = await cassette(
      got(POLL, 'validating'),
      got('/v1/models', 'models'),
      got(POLL, 'in_progress'),
      got(POLL, 'completed'),
    )
    const replaying = await replay(dir)
    const states = []
    for (const at of [POLL, POLL, '/v1/models', POLL]) states.push(await (await replaying.fetch(at)).text())
    expect(states).toEqual(['validating', 'in_progress', 'models', 'completed'])
    expect((await replaying.fetch(POLL)).status).toBe(404)
  })

  test(`${adapter.name}: a client that was told to wait gets its answer when it asks again`, async () => {
    const dir = await cassette(
      got('/v1/models', 'slow down', 429, 'retry-after: 20'),
      got('/v1/models', 'models'),
    )
    const replaying = await replay(dir)
    const responses = [await replaying.fetch('/v1/models'), await replaying.fetch('/v1/models')]
    expect(responses.map(({ status }) => status)).toEqual([429, 200])
    expect(await texts(responses)).toEqual(['slow down', 'models'])
    expect((await replaying.close()).map(({ outcome, status }) => [outcome, status])).toEqual([
      ['hit', 429],
      ['hit', 200],
    ])
  })

  test(`${adapter.name}: equal requests at once get each recorded answer once`, async () => {
    const answers = Array.from({ length: 20 }, (_, i) => `answer ${i}`)
    const dir = await cassette(...answers.map((text) => got('/v1/models', text)))
    const replaying = await replay(dir)
    const responses = await Promise.all(answers.map(() => replaying.fetch('/v1/models')))
    expect((await texts(responses)).toSorted()).toEqual(answers.toSorted())
  })

  test(`${adapter.name}: requests of other content do not count among equal ones`, async () => {
    const dir = await cassette(got('/v1/models', 'first'), got('/v1/models', 'second'), got('/v1/files', 'f'))
    const replaying = await replay(dir)
    const order = ['/v1/files', '/v1/nothing', '/v1/models', '/v1/models?x=1', '/v1/models']
    const found = []
    for (const at of order) {
      const response = await replaying.fetch(at)
      found.push(response.status === 200 ? await response.text() : response.status)
    }
    expect(found).toEqual(['f', 404, 'first', 404, 'second'])
  })

  for (const [repeat, expected] of [
    ['error', ['in_progress', 'completed', 404, 404, 404]],
    ['last', ['in_progress', 'completed', 'completed', 'completed', 'completed']],
    ['cycle', ['in_progress', 'completed', 'in_progress', 'completed', 'in_progress']],
  ] as const) {
    test(`${adapter.name}: repeat ${repeat} counts for each request by itself`, async () => {
      const dir = await cassette(
        got(POLL, 'in_progress'),
        got('/v1/models', 'models'),
        got(POLL, 'completed'),
      )
      const replaying = await replay(dir, { repeat })
      const found = []
      for (let i = 0; i < 5; i++) {
        const response = await replaying.fetch(POLL)
        found.push(response.status === 200 ? await response.text() : response.status)
        if (i === 2) expect(await (await replaying.fetch('/v1/models')).text()).toBe('models')
      }
      expect(found).toEqual(expected)
    })
  }

  test(`${adapter.name}: two equal calls with different answers are recorded and replayed as two`, async () => {
    let n = 0
    const upstream = await localUpstream((_req, res) => void res.end(`answer ${++n}`))
    const dir = await tempDir()
    const ask = async (mode: 'record' | 'replay'): Promise<string[]> => {
      const subject = await adapter.open('c', { mode, dir, upstream: upstream.url })
      const found = []
      for (let i = 0; i < 3; i++) found.push(await (await subject.fetch('/v1/models')).text())
      await subject.close()
      return found
    }
    expect(await ask('record')).toEqual(['answer 1', 'answer 2', 'answer 3'])
    expect(await ask('replay')).toEqual(['answer 1', 'answer 2', 'answer 3'])
    expect(upstream.asked()).toBe(3)
  })
}

const two = (): Promise<string> => cassette(got('/v1/a', 'a'), got('/v1/b', 'b'))

test('strictUnused makes it an error to close a replay that left something unplayed', async () => {
  const vcr = await openCassette('c', { mode: 'replay', dir: await two(), strictUnused: true })
  await vcr.fetch('https://api.openai.com/v1/b')
  const error = await vcr.close().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UnusedError)
  expect((error as UnusedError).unused).toEqual([
    { cassette: 'c', position: 0, method: 'GET', path: '/v1/a' },
  ])
  expect((error as UnusedError).message).toContain("interaction 1 of 'c' (GET /v1/a)")
  await expect(vcr.fetch('https://api.openai.com/v1/a'), 'it is closed all the same').rejects.toThrow(
    'closed',
  )
})

test('strictUnused is content when all was played, when the run is thrown away, and where it records', async () => {
  const dir = await two()
  const upstream = await localUpstream((_req, res) => void res.end('new'))
  const strict = { dir, strictUnused: true, upstream: upstream.url } as const
  const all = await openCassette('c', { mode: 'replay', ...strict })
  await all.fetch('https://api.openai.com/v1/a')
  await all.fetch('https://api.openai.com/v1/b')
  await all.close()
  const thrownAway = await openCassette('c', { mode: 'replay', ...strict })
  await thrownAway.close({ keep: false })
  const recording = await openCassette('c', { mode: 'record-missing', ...strict })
  await (await recording.fetch('https://api.openai.com/v1/c')).text()
  expect(await recording.close()).toMatchObject({ added: 1 })
})

test('what a run recorded itself is not unused', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('new'))
  const vcr = await openCassette('c', { mode: 'record-missing', dir: await two(), upstream: upstream.url })
  await (await vcr.fetch('https://api.openai.com/v1/c')).text()
  await vcr.fetch('https://api.openai.com/v1/a')
  await vcr.close()
  expect(vcr.unused().map(({ request }) => request.path)).toEqual(['/v1/b'])
})

test('a server with strictUnused closes, and then says what no session played', async () => {
  const server = await startServer({ cassette: 'c', mode: 'replay', dir: await two(), strictUnused: true })
  await fetch(`${server.url}/s/one/v1/a`)
  await fetch(`${server.url}/s/two/v1/a`)
  await expect(server.close()).rejects.toThrow("interaction 2 of 'c' (GET /v1/b)")
  await expect(fetch(`${server.url}/v1/a`)).rejects.toThrow('fetch failed')
})

test('a server with strictUnused does not ask of a whole directory that all of it be played', async () => {
  const server = await startServer({ mode: 'replay', dir: await two(), strictUnused: true })
  await fetch(`${server.url}/v1/a`)
  expect((await server.close()).unused).toEqual([])
})
