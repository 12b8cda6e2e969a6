import { createSecureServer } from 'node:http2'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import tls from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { openCassette, type Vcr } from '../../src/index.ts'
import { selfSigned } from './certificate.ts'
import { tempDir } from './temp.ts'

/**
 * A recording from an upstream as the real one is, while clients make connections that are mocked;
 * and what breaks the one because of the others.
 * @param begin intercepts, and gives what ends it
 */
export function recordsOverTls(way: string, begin: (vcr: Vcr) => Promise<() => unknown>): void {
  test(`${way}: what is recorded over TLS arrives whole, with mocked connections made meanwhile`, async () => {
    const upstream = await secureUpstream()
    await using vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream })
    const got: Promise<string>[] = []
    for (let round = 0; round < 12; round++) {
      const end = await begin(vcr)
      for (let n = 0; n < 6; n++) {
        got.push(fetch(`https://api.openai.com/v1/${round}/${n}`).then((response) => response.text()))
        await turn()
      }
      await Promise.all(got.slice(-6))
      await end()
    }
    const asked = got.map((_, i) => `0 1 2 3 4 5 6 7 8 9 /v1/${Math.floor(i / 6)}/${i % 6}`)
    expect(await Promise.all(got)).toEqual(asked)
    expect((await vcr.close())?.added).toBe(72)
  })

  test(`${way}: a mocked TLS connection gives out no session, for OpenSSL could not read it`, async () => {
    await using vcr = await openCassette('c', { dir: await tempDir() })
    const end = await begin(vcr)
    onTestFinished(() => void end())
    const sessions: unknown[] = []
    const status = await new Promise((resolve, reject) => {
      const request = https.get('https://api.openai.com/v1/models', (res) =>
        res.resume().once('end', () => resolve(res.statusCode)),
      )
      request.on('socket', (socket) => socket.on('session', (session) => sessions.push(session)))
      request.on('error', reject)
    })
    expect({ status, sessions }).toEqual({ status: 404, sessions: [] })
  })
}

/** As OpenAI's servers do it speaks TLS, and HTTP/2 to those who can; its answers come in pieces. */
async function secureUpstream(): Promise<string> {
  const identity = selfSigned()
  tls.setDefaultCACertificates([identity.cert])
  const server = createSecureServer({ ...identity, allowHTTP1: true }, (req, res) => {
    void (async () => {
      res.writeHead(200)
      for (let piece = 0; piece < 10; piece++) {
        res.write(`${piece} `)
        await turn()
      }
      res.end(req.url)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => void server.close())
  return `https://localhost:${(server.address() as AddressInfo).port}`
}
