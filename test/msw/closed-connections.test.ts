import http from 'node:http'
import https from 'node:https'
import { expect, test, vi } from 'vitest'
import { interceptBy } from '../../src/adapters/intercept/layers.ts'
import { localUpstream, readAll } from '../support/upstream.ts'
import { answererWith } from '../support/composition.ts'

const HOST = 'api.openai.com'

function get(client: typeof http | typeof https, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = client.get(url, { agent: false }, (res) =>
      readAll(res).then((bytes) => resolve(bytes.toString()), reject),
    )
    request.on('error', reject)
  })
}

const open = (): string[] => process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap')

test('intercept: nothing is left of a connection that has closed, and a real one is left alone', async () => {
  const real = await localUpstream((_req, res) => void res.end('real'))
  const handle = () => ({
    status: 200,
    headers: [['connection', 'close']] as const,
    body: Buffer.from('answer'),
  })
  const connect = (): Promise<never> => Promise.reject(new Error('nobody opens a WebSocket'))
  const before = open()
  await using _ = await interceptBy((host) => (host === HOST ? answererWith({ handle, connect }) : undefined))
  for (let i = 0; i < 3; i++) {
    expect(await get(https, `https://${HOST}/v1/models`)).toBe('answer')
    expect(await get(http, `http://${HOST}/v1/models`)).toBe('answer')
    expect(await (await fetch(`https://${HOST}/v1/models`)).text()).toBe('answer')
    expect(await get(http, `${real.url}/v1/models`)).toBe('real')
  }
  await vi.waitFor(() => expect(open()).toEqual(before))
})
