import { appendFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { selfSigned } from '../support/certificate.ts'
import { listenHere } from '../support/listen.ts'
import { localProxy } from '../support/proxy.ts'
import { type Recorded, recordedThroughProxy } from '../support/recorded-through-proxy.ts'
import { counting, socketUpstream } from '../support/socket-upstream.ts'
import { talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'

/** No such host: only a proxy knows the way. */
const HOST = 'api.example.test'

/** An upstream that speaks wss with a certificate that it signed itself, and the file with it. */
async function secureUpstream(host = HOST): Promise<{ port: number; ca: string }> {
  const identity = selfSigned(host)
  const server = createServer(identity)
  const sockets = new WebSocketServer({ server }).on('connection', counting)
  const { port } = new URL(await listenHere(server))
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
  })
  const ca = path.join(await tempDir(), 'ca.pem')
  await writeFile(ca, identity.cert)
  return { port: Number(port), ca }
}

function recorded(upstream: string, env: Readonly<Record<string, string>>): Promise<Recorded> {
  return recordedThroughProxy(upstream, env, (url) => talk(`${url}/v1/realtime?model=m`))
}

async function talk(url: string): Promise<string> {
  const client = await talkTo(url)
  client.say('2')
  const heard = await client.hear(2)
  await client.close(1000)
  return heard.join(' ')
}

test('wss: a WebSocket is recorded through the tunnel of HTTPS_PROXY, with a CA of its own', async () => {
  const { port, ca } = await secureUpstream()
  const proxy = await localProxy(port)
  const env = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: ca }
  const { got, file } = await recorded(`https://${HOST}:8443`, env)
  expect(got).toBe('2/0 2/1')
  expect(proxy.asked).toEqual([`CONNECT ${HOST}:8443`])
  expect(file).toMatch(/frames: \|\n\s+> \d+ "2"\n\s+< \d+ "2\/0"\n/)
})

test('wss: a proxy that speaks TLS itself is asked by its own name', async () => {
  const { port, ca } = await secureUpstream()
  const own = selfSigned()
  await appendFile(ca, own.cert)
  const proxy = await localProxy(port, 200, createServer(own))
  const url = proxy.url.replace('http://127.0.0.1', 'https://localhost')
  const { got } = await recorded(`https://${HOST}`, { HTTPS_PROXY: url, NODE_EXTRA_CA_CERTS: ca })
  expect([got, proxy.asked]).toEqual(['2/0 2/1', [`CONNECT ${HOST}:443`]])
})

test('wss: a custom CA is trusted without a proxy as well', async () => {
  const { port, ca } = await secureUpstream('localhost')
  const upstream = `https://localhost:${port}`
  expect((await recorded(upstream, { NODE_EXTRA_CA_CERTS: ca })).got).toBe('2/0 2/1')
  const { said } = await recorded(upstream, {})
  expect(said).toContain('its certificate is signed by a CA that Node does not know')
})

test('ws: a WebSocket without TLS is recorded through a tunnel of HTTP_PROXY', async () => {
  const upstream = await socketUpstream(counting)
  const proxy = await localProxy(Number(new URL(upstream.url).port))
  const { got, file } = await recorded(`http://${HOST}`, { HTTP_PROXY: proxy.url })
  expect([got, file]).toEqual(['2/0 2/1', expect.stringContaining(`upstream: http://${HOST}`)])
  expect(proxy.asked).toEqual([`CONNECT ${HOST}:80`])
})

test('WebSockets to hosts in NO_PROXY and to this machine bypass the proxy', async () => {
  const upstream = await socketUpstream(counting)
  const proxy = await localProxy(1)
  const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url }
  expect((await recorded(upstream.url, env)).got).toBe('2/0 2/1')
  const { said } = await recorded(`https://${HOST}`, { ...env, NO_PROXY: '.example.test' })
  expect(said).toMatch(/no response from the upstream https:\/\/api.example.test: its host name/)
  expect(proxy.asked).toEqual([])
})

test('the error for an untrusted certificate says how to trust it', async () => {
  const { port } = await secureUpstream()
  const proxy = await localProxy(port)
  const { said, file } = await recorded(`https://${HOST}`, { HTTPS_PROXY: proxy.url })
  expect(file).toBeUndefined()
  expect(said).toContain('its certificate is signed by a CA that Node does not know')
  expect(said).toContain('NODE_EXTRA_CA_CERTS')
})

test('only the proxy gets its password, whether or not it accepts it', async () => {
  const upstream = await socketUpstream(counting)
  const port = Number(new URL(upstream.url).port)
  const [taking, refusing] = [await localProxy(port), await localProxy(port, 407)]
  const withPassword = (url: string): string => url.replace('://', '://me:hunter22%40hunter22@')
  const taken = await recorded(`http://${HOST}`, { HTTP_PROXY: withPassword(taking.url) })
  const refused = await recorded(`http://${HOST}`, { HTTP_PROXY: withPassword(refusing.url) })
  const gone = await recorded(`http://${HOST}`, { HTTP_PROXY: withPassword('http://127.0.0.1:1') })
  const wrong = await recorded(`http://${HOST}`, { HTTP_PROXY: 'me:hunter22hunter22@proxy' })
  expect(taken.got).toBe('2/0 2/1')
  expect([...taking.credentials, ...refusing.credentials]).toEqual(Array(2).fill('me:hunter22@hunter22'))
  expect(upstream.asked.map(({ headers }) => headers['proxy-authorization'])).toEqual([undefined])
  expect(refused.said).toContain(`the proxy did not connect to ${HOST}:80: it responded with 407`)
  expect(gone.said).toContain(
    'it refused the connection. Check OPENAI_VCR_UPSTREAM (or --upstream), the proxy (',
  )
  expect(wrong.got + wrong.said).toContain('HTTP_PROXY: expected the URL of a proxy')
  const all = [taken, refused, gone, wrong].flatMap(({ got, said, file }) => [got, said, file]).join('\n')
  expect(all).not.toMatch(/hunter22|bWU6aHVudGVy/)
})
