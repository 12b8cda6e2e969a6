import { createServer, request, type Server } from 'node:http'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { cutOff, listenHere } from './listen.ts'

export interface Proxy {
  readonly url: string
  /** What was asked of it: `CONNECT host:443`, or a request's method and URL. */
  readonly asked: readonly string[]
  /** Whom it was told that it is asked by, where it was told. */
  readonly credentials: readonly string[]
}

/**
 * A proxy that takes every host for a port of this machine.
 * @param server for one that speaks TLS itself
 */
export async function localProxy(
  port: number,
  status = 200,
  server: Server = createServer(),
): Promise<Proxy> {
  const asked: string[] = []
  const credentials: string[] = []
  const tunnels = new Set<Duplex>()
  server.on('request', (req, res) => {
    asked.push(`${req.method} ${req.url}`)
    const { pathname, search } = new URL(req.url ?? '')
    const onward = request({ port, path: pathname + search, method: req.method, headers: req.headers })
    onward.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(res)
    })
    req.pipe(onward)
  })
  server.on('connect', (req, client) => {
    asked.push(`CONNECT ${req.url}`)
    const [, encoded = ''] = req.headers['proxy-authorization']?.split(' ') ?? []
    if (encoded !== '') credentials.push(Buffer.from(encoded, 'base64').toString())
    if (status !== 200) return void client.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    tunnels.add(client)
    const onward = net.connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(client).pipe(onward)
    })
    onward.on('error', () => client.destroy())
    client.on('error', () => onward.destroy())
  })
  const url = await listenHere(server)
  onTestFinished(() => {
    for (const tunnel of tunnels) tunnel.destroy()
    return cutOff(server)
  })
  return { url, asked, credentials }
}
