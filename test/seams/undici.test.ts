import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Agent, request } from 'undici'
import { expect, onTestFinished } from 'vitest'
import { followUndici } from '../../src/testing/undici-context.ts'
import { localUpstream } from '../support/upstream.ts'
import { probe } from './probe.ts'

const CHANNELS = ['undici:request:create', 'undici:client:sendHeaders', 'undici:request:bodySent']
const usedIn = 'src/testing/undici-context.ts'

const clients = {
  undici: async (url: string) => (await request(url, { method: 'POST', body: 'b' })).body.text(),
  node: async (url: string) => (await fetch(url, { method: 'POST', body: 'b' })).text(),
}

for (const [of, ask] of Object.entries(clients))
  probe({ of, what: `the diagnostics channels ${CHANNELS.join(', ')}`, usedIn }, async () => {
    const real = await localUpstream((req, res) => void req.resume().on('end', () => res.end()))
    const published: { channel: string | symbol; request: object }[] = []
    const listener = (message: unknown, channel: string | symbol): void =>
      void published.push({ channel, ...(message as { request: object }) })
    for (const channel of CHANNELS) {
      subscribe(channel, listener)
      onTestFinished(() => void unsubscribe(channel, listener))
    }
    await ask(real.url)
    expect(published.map(({ channel }) => channel)).toEqual(CHANNELS)
    expect(new Set(published.map((each) => each.request)).size, 'one request object').toBe(1)
  })

probe({ of: 'undici', what: 'the context in which a queued request is sent', usedIn }, async () => {
  const dispatcher = new Agent({ connections: 1 })
  onTestFinished(() => dispatcher.close())
  const real = await localUpstream((_req, res) => void res.end())
  const context = new AsyncLocalStorage<string>()
  onTestFinished(followUndici(context))
  const sentIn: unknown[] = []
  const listener = (): void => void sentIn.push(context.getStore())
  subscribe('undici:client:sendHeaders', listener)
  onTestFinished(() => void unsubscribe('undici:client:sendHeaders', listener))
  const ask = async (): Promise<string> => (await request(real.url, { dispatcher })).body.text()
  await Promise.all(['first', 'second'].map((name) => context.run(name, ask)))
  expect(sentIn).toEqual(['first', 'second'])
})
