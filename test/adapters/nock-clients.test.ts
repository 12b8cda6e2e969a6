import http from 'node:http'
import axios from 'axios'
import nock from 'nock'
import OpenAI from 'openai'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { playWithNock } from '../../src/adapters/intercept/nock.ts'
import { openCassette } from '../../src/index.ts'
import { listenHere } from '../support/listen.ts'
import { tempDir } from '../support/temp.ts'
import { echoUpstream } from '../contract/echo.ts'
import { httpClients } from '../contract/http-clients.ts'
import { cassette, got } from '../contract/written.ts'

const HOST = 'https://api.openai.com'
const URL_ = `${HOST}/v1/chat/completions?a=1`
const BODY = '{"n":1}'

afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const clients: typeof httpClients = {
  ...httpClients,
  axios: async (url, body) => JSON.stringify((await axios.post(url, body)).data),
}

for (const [client, ask] of Object.entries(clients)) {
  test(`nock: what ${client} asks is recorded and replayed, with the network disabled`, async () => {
    nock.disableNetConnect()
    const upstream = await echoUpstream()
    const dir = await tempDir()
    {
      await using vcr = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
      await using _ = await playWithNock(vcr)
      expect(await ask(URL_, BODY)).toBe(BODY)
    }
    expect(upstream.reached.map(({ target }) => target)).toEqual(['/v1/chat/completions?a=1'])
    await upstream.close()
    await using vcr = await openCassette('c', { dir })
    await using _ = await playWithNock(vcr)
    expect(await ask(URL_, BODY)).toBe(BODY)
  })
}

test('an upstream that is none of the hosts is asked only where nock allows it, and the error says so', async () => {
  const upstream = await echoUpstream()
  const options = { mode: 'record', dir: await tempDir(), upstream: upstream.url } as const
  await using vcr = await openCassette('c', options)
  await using _ = await playWithNock(vcr, { hosts: ['api.openai.com'] })
  nock.disableNetConnect()
  const refused = await fetch(URL_).catch((error: unknown) => error)
  expect(refused).toMatchObject({
    message: 'fetch failed',
    cause: { message: expect.stringContaining('Disallowed net connect') },
  })
  nock.enableNetConnect('127.0.0.1')
  expect((await fetch(URL_)).status).toBe(200)
})

test('interceptors of a user stand beside the cassette: those declared before it go before, and all stay', async () => {
  const dir = await cassette(got('/v1/models', 'the cassette'), got('/v1/files', 'the cassette'))
  const mine = nock(HOST).persist().get('/v1/models').reply(200, 'mine')
  nock('https://example.com').get('/').reply(200, 'elsewhere')
  const vcr = await openCassette('c', { dir })
  const playing = await playWithNock(vcr)
  const later = nock(HOST).get('/v1/later').reply(200, 'later')
  const text = async (url: string): Promise<string> => (await fetch(url)).text()
  expect(await text(`${HOST}/v1/models`)).toBe('mine')
  expect(await text(`${HOST}/v1/files`)).toBe('the cassette')
  expect(await text('https://example.com/')).toBe('elsewhere')
  expect([mine.isDone(), later.isDone()]).toEqual([true, false])
  expect(nock.pendingMocks(), 'the cassette is nothing to wait for').toEqual([`GET ${HOST}:443/v1/later`])
  await playing.stop()
  await playing.stop()
  expect(await text(`${HOST}/v1/models`)).toBe('mine')
  expect(await text(`${HOST}/v1/later`)).toBe('later')
  expect(nock.activeMocks()).toEqual([`GET ${HOST}:443/v1/models`])
  await vcr.close()
})

test('when it has stopped, nock refuses the hosts until it is told to forget them', async () => {
  const vcr = await openCassette('c', { dir: await cassette(got('/v1/models', 'x')) })
  await (await playWithNock(vcr)).stop()
  await vcr.close()
  const refused = await fetch(`${HOST}/v1/models`)
  expect([refused.status, await refused.text()]).toEqual([501, expect.stringContaining('ERR_NOCK_NO_MATCH')])
  nock.cleanAll()
  nock.disableNetConnect()
  await expect(fetch(`${HOST}/v1/models`)).rejects.toThrow()
})

test('of two cassettes for one host the latest answers until it stops', async () => {
  await using first = await openCassette('c', {
    dir: await cassette(got('/v1/models', 'first'), got('/v1/models', 'again')),
  })
  await using second = await openCassette('c', { dir: await cassette(got('/v1/models', 'second')) })
  const ask = async (): Promise<string> => (await fetch(`${HOST}/v1/models`)).text()
  const playing = [await playWithNock(first), await playWithNock(second)]
  expect(await ask()).toBe('second')
  await playing[1]?.stop()
  expect(await ask()).toBe('first')
  await playing[0]?.stop()
})

test('other hosts, told by name and port', async () => {
  const dir = await cassette(got('/v1/models', 'told'))
  await using vcr = await openCassette('c', { dir, repeat: 'last' })
  await using _ = await playWithNock(vcr, { hosts: ['mine.openai.azure.com', 'llm.test:8080'] })
  for (const url of ['https://mine.openai.azure.com/v1/models', 'http://llm.test:8080/v1/models'])
    expect(await (await fetch(url)).text()).toBe('told')
  nock.disableNetConnect()
  await expect(fetch('http://llm.test:8081/v1/models')).rejects.toThrow()
})

test('where nock is off it is told, before a request goes to the network', async () => {
  const vcr = await openCassette('c', { dir: await cassette(got('/v1/models', 'x')) })
  nock.restore()
  onTestFinished(() => nock.activate())
  await expect(playWithNock(vcr)).rejects.toThrow('nock is off: nock.restore() was called')
  await vcr.close()
})

test('a cassette that is closed answers once, and says so', async () => {
  const vcr = await openCassette('c', { dir: await cassette(got('/v1/models', 'x')) })
  await using _ = await playWithNock(vcr)
  await vcr.close()
  const error = await new OpenAI({ apiKey: 'none' }).models.list().catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    status: 500,
    code: 'usage_error',
    message: expect.stringContaining("'c' is closed"),
  })
})

for (const [mode, status] of [
  ['replay', 501],
  ['live', 101],
] as const) {
  test(`a WebSocket in the mode ${mode} ends with ${status}`, async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warned.mockRestore())
    const server = http.createServer().on('upgrade', (_req, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    })
    const { host, href } = new URL(await listenHere(server))
    onTestFinished(() => void server.close())
    await using vcr = await openCassette('c', { mode, dir: await tempDir() })
    await using _ = await playWithNock(vcr, { hosts: [host] })
    const ended = await new Promise((resolve, reject) => {
      const headers = { connection: 'Upgrade', upgrade: 'websocket' }
      const asking = http.get(`${href}v1/realtime`, { headers, agent: false })
      const answer = ({ statusCode }: http.IncomingMessage): void => resolve(statusCode)
      asking.on('upgrade', answer).on('response', answer).on('error', reject)
    })
    expect(ended).toBe(status)
    expect(vcr.journal).toEqual([])
    expect(warned.mock.calls.length).toBe(mode === 'live' ? 0 : 1)
  })
}

test('what vcr.fetch asks while nock plays the cassette as well is asked and recorded once', async () => {
  const upstream = await echoUpstream()
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  await using _playing = await playWithNock(vcr)
  for (const body of ['a', 'b'])
    expect(await (await vcr.fetch(`${HOST}/v1/x`, { method: 'POST', body })).text()).toBe(body)
  expect(upstream.reached).toHaveLength(2)
  expect(await vcr.close()).toMatchObject({ added: 2 })
})
