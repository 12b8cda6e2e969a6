import OpenAI from 'openai'
import { Agent, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

test('intercept: on a connection from before nothing goes past a replay to the real host', async () => {
  const real = await localUpstream((_req, res) => void res.end('{"data":[]}'))
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.close())
  const clients = [
    async () => (await fetch(`${real.url}/v1/x`)).status,
    async () => (await request(`${real.url}/v1/x`, { dispatcher })).body.dump(),
  ]
  for (const ask of clients) await ask()
  const vcr = await openCassette('c', { dir: await tempDir() })
  const ours = await intercept(vcr, { hosts: [new URL(real.url).host] })
  for (const ask of clients) {
    const error = (await ask().catch((reason: unknown) => reason)) as Error
    expect(`${error.message}${String(error.cause)}`).toContain(
      'was opened before openai-vcr intercepted requests',
    )
  }
  expect((await fetch(`${real.url}/v1/x`)).status, 'the next is heard').toBe(404)
  await ours.stop()
  await vcr.close()
  expect(real.asked()).toBe(clients.length)
  expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(['miss'])
})

test('intercept: the client of openai asks again by itself when its connection is from before', async () => {
  const real = await localUpstream((_req, res) => void res.end('{"data":[]}'))
  const client = new OpenAI({ apiKey: 'none', baseURL: `${real.url}/v1` })
  await client.models.list()
  const vcr = await openCassette('c', { dir: await tempDir() })
  await using _ours = await intercept(vcr, { hosts: [new URL(real.url).host] })
  await expect(client.models.list()).rejects.toThrow('No recorded request matches GET /v1/models')
  expect(real.asked()).toBe(1)
  await vcr.close()
})

test('intercept: the upstream is asked over a connection of its own from before', async () => {
  const upstream = await localUpstream((req, res) => void res.end(req.url))
  await using vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  await (await vcr.fetch('https://api.openai.com/v1/a')).text()
  await using _ours = await intercept(vcr)
  expect(await (await fetch('https://api.openai.com/v1/b')).text()).toBe('/v1/b')
  expect(await (await fetch(`${upstream.url}/v1/c`)).text()).toBe('/v1/c')
  expect(upstream.asked()).toBe(3)
  expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded', 'recorded'])
})
