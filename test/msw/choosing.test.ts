import { AsyncLocalStorage } from 'node:async_hooks'
import http from 'node:http'
import OpenAI from 'openai'
import { Agent, request } from 'undici'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { interceptBy } from '../../src/adapters/intercept/layers.ts'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'
import { answererWith } from '../support/composition.ts'

afterEach(() => void vi.useRealTimers())

test('interceptBy: each of many at once is answered by what its own async context chooses, whichever client asks', async () => {
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.close())
  const clients: readonly ((url: string) => Promise<string>)[] = [
    async (url) => (await fetch(url)).text(),
    async (url) => (await request(url, { dispatcher })).body.text(),
    (url) =>
      new Promise((resolve, reject) => {
        const asked = http.get(url, (res) => readAll(res).then((bytes) => resolve(bytes.toString()), reject))
        asked.on('error', reject)
      }),
  ]
  const tests = new AsyncLocalStorage<string>()
  const ours = await interceptBy(() => {
    const own = tests.getStore()
    return answererWith({
      handle: ({ target }) => ({ status: 200, headers: [], body: Buffer.from(`${own} ${target}`) }),
      connect: () => Promise.reject(new Error('nobody opens a WebSocket')),
    })
  })
  onTestFinished(ours.stop)
  const names = Array.from({ length: 8 }, (_, n) => `test ${n}`)
  const got = await Promise.all(
    names.map((name) =>
      tests.run(name, async () => {
        const texts: string[] = []
        // In turn, so that connections are used again by others.
        for (let n = 0; n < 5; n++)
          for (const ask of clients) texts.push(await ask(`http://api.openai.com/${n}`))
        return texts
      }),
    ),
  )
  expect(got).toEqual(names.map((name) => [0, 1, 2, 3, 4].flatMap((n) => clients.map(() => `${name} /${n}`))))
})

test('interceptBy: a WebSocket is answered by what its own async context chooses', async () => {
  const tests = new AsyncLocalStorage<string>()
  const ours = await interceptBy(() => {
    const own = String(tests.getStore())
    return answererWith({
      handle: () => Promise.reject(new Error('nobody asks')),
      connect: async () => ({
        kind: 'open',
        headers: [],
        protocol: undefined,
        records: false,
        attach: (client) => {
          client.send(own)
          return { onMessage: () => {}, onClose: () => {} }
        },
      }),
    })
  })
  onTestFinished(ours.stop)
  const heard = (name: string): Promise<unknown> =>
    new Promise((resolve) => {
      tests.run(name, () => {
        new WebSocket('wss://api.openai.com/v1/realtime').addEventListener('message', ({ data }) =>
          resolve(data),
        )
      })
    })
  expect(await Promise.all(['a', 'b', 'c'].map(heard))).toEqual(['a', 'b', 'c'])
})

test('intercept: a test with fake timers is recorded and replayed', async () => {
  const upstream = await localUpstream((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.end('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n')
  })
  const dir = await tempDir()
  vi.useFakeTimers()
  for (const mode of ['record', 'replay'] as const) {
    await using vcr = await openCassette('c', { mode, dir, upstream: upstream.url })
    await using _ours = await intercept(vcr)
    const stream = await new OpenAI({ apiKey: 'none' }).chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    })
    const said: unknown[] = []
    for await (const { choices } of stream) said.push(choices[0]?.delta.content)
    expect(said).toEqual(['Hi'])
  }
  expect(upstream.asked()).toBe(1)
})
