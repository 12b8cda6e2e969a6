import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { selfSigned } from '../support/certificate.ts'
import { cutOff, listenHere } from '../support/listen.ts'
import { localProxy } from '../support/proxy.ts'
import { type Recorded, recordedThroughProxy } from '../support/recorded-through-proxy.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

/** No such host: only a proxy knows the way. */
const HOST = 'api.example.test'

/** An upstream with a certificate that it signed itself, and the file with it. */
async function secureUpstream(): Promise<{ port: number; ca: string }> {
  const identity = selfSigned(HOST)
  const server = createServer(identity, (req, res) => void res.end(`over TLS: ${req.url}`))
  const { port } = new URL(await listenHere(server))
  onTestFinished(() => cutOff(server))
  const ca = path.join(await tempDir(), 'ca.pem')
  await writeFile(ca, identity.cert)
  return { port: Number(port), ca }
}

function recorded(upstream: string, env: Readonly<Record<string, string>>): Promise<Recorded> {
  return recordedThroughProxy(upstream, env, (url) =>
    fetch(`${url}/v1/models`).then((response) => response.text()),
  )
}

test('an upstream over TLS is recorded through the tunnel of HTTPS_PROXY, with a CA of its own', async () => {
  const { port, ca } = await secureUpstream()
  const proxy = await localProxy(port)
  const env = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: ca }
  const { got, file } = await recorded(`https://${HOST}`, env)
  expect(got).toBe('over TLS: /v1/models')
  expect(proxy.asked).toEqual([`CONNECT ${HOST}:443`])
  expect(file).toContain(`upstream: https://${HOST}`)
})

test('an upstream without TLS is recorded through HTTP_PROXY', async () => {
  const upstream = await localUpstream((req, res) => void res.end(`${req.headers.host} ${req.url}`))
  const proxy = await localProxy(Number(new URL(upstream.url).port))
  const { got } = await recorded(`http://${HOST}`, { HTTP_PROXY: proxy.url })
  expect(got).toBe(`${HOST} /v1/models`)
  expect(proxy.asked).toEqual([`GET http://${HOST}/v1/models`])
})

test('requests to hosts in NO_PROXY and to this machine bypass the proxy', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('straight'))
  const proxy = await localProxy(1)
  const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url }
  expect((await recorded(upstream.url, env)).got).toBe('straight')
  const { said } = await recorded(`http://${HOST}`, { ...env, NO_PROXY: '.example.test' })
  expect(said).toMatch(/no response from the upstream http:\/\/api.example.test: its host name/)
  expect(proxy.asked).toEqual([])
})

test('the error for an untrusted certificate says how to trust it', async () => {
  const { port } = await secureUpstream()
  const proxy = await localProxy(port)
  const { got, said, file } = await recorded(`https://${HOST}`, { HTTPS_PROXY: proxy.url })
  expect([got, file]).toEqual(['fetch failed', undefined])
  expect(said).toContain('its certificate is signed by a CA that Node does not know')
  expect(said).toContain('NODE_EXTRA_CA_CERTS')
})

test('a proxy that refuses the tunnel is told, and so is one that is not there', async () => {
  const refusing = await localProxy(1, 403)
  const refused = await recorded(`https://${HOST}`, { HTTPS_PROXY: refusing.url })
  expect(refused.said).toContain('Proxy response (403)')
  const gone = await recorded(`https://${HOST}`, { HTTPS_PROXY: 'http://127.0.0.1:1' })
  expect(gone.said).toContain('Check OPENAI_VCR_UPSTREAM (or --upstream), the proxy (HTTPS_PROXY')
  expect([refused.got, gone.got]).toEqual(['fetch failed', 'fetch failed'])
})

test('an invalid proxy URL is reported without its password, and only when recording', async () => {
  const { got, said } = await recorded(`https://${HOST}`, { HTTPS_PROXY: 'me:hunter22hunter22@proxy' })
  expect(got).toContain('HTTPS_PROXY: expected the URL of a proxy')
  expect(got + said).not.toContain('hunter22')
})
