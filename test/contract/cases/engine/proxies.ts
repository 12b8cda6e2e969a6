import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { selfSigned } from '../../../support/certificate.ts'
import { localProxy } from '../../../support/proxy.ts'
import { tempDir } from '../../../support/temp.ts'
import { readAll } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { file, opening, post } from '../../talking.ts'

/** No such host: only a proxy knows the way. */
const HOST = 'api.example.test'

const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy']

export function proxyCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: an upstream is recorded through the tunnel of HTTPS_PROXY, with a CA of one's own`, async () => {
    const identity = selfSigned(HOST)
    const before = tls.getCACertificates('default')
    // What NODE_EXTRA_CA_CERTS does when a process starts.
    tls.setDefaultCACertificates([...before, identity.cert])
    const server = createServer(identity, async (req, res) => void res.end(await readAll(req)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      tls.setDefaultCACertificates(before)
      vi.unstubAllEnvs()
      server.closeAllConnections()
      server.close()
    })
    const proxy = await localProxy((server.address() as AddressInfo).port)
    for (const name of PROXIES) vi.stubEnv(name, undefined)
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    const dir = await tempDir()
    const recording = await record(dir, `https://${HOST}`)
    const live = await (await recording.fetch('/v1/x', post({ n: 1 }))).text()
    expect([live, (await recording.close()).map(({ outcome }) => outcome)]).toEqual(['{"n":1}', ['recorded']])
    expect(proxy.asked).toEqual([`CONNECT ${HOST}:443`])
    expect(await file(dir)).toContain(`upstream: https://${HOST}\n`)
    const replaying = await replay(dir)
    expect(await (await replaying.fetch('/v1/x', post({ n: 1 }))).text()).toBe(live)
    expect(proxy.asked).toHaveLength(1)
  })
}
