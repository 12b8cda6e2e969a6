import type { Socket } from 'node:net'
import { buildConnector, Client } from 'undici'

/**
 * Connects to a URL's host through a proxy, with TLS if the URL is `https:`. Errors do not contain the
 * proxy's URL, which may have a password.
 * @throws Error if the proxy is unreachable or refuses, or if the certificate is not trusted
 */
export async function tunnel(proxy: string, url: URL, signal: AbortSignal): Promise<Socket> {
  const { origin, username, password } = new URL(proxy)
  const target = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`
  const headers = { host: target, ...authorization(username, password) }
  const client = new Client(origin, { connect: withoutServerName })
  const { statusCode, socket } = await client.connect({ path: target, headers, signal })
  if (statusCode !== 200) {
    socket.on('error', () => {}).destroy()
    throw new Error(`the proxy did not connect to ${target}: it responded with ${statusCode}`)
  }
  return url.protocol === 'https:' ? secured(socket as Socket, url) : (socket as Socket)
}

function authorization(username: string, password: string): { 'proxy-authorization'?: string } {
  if (username === '') return {}
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }
}

const connect = buildConnector({ allowH2: false })

/** undici would otherwise use the `host` header, which names the target and not the proxy, as the TLS server name. */
const withoutServerName: typeof connect = (options, done) => connect({ ...options, servername: '' }, done)

function secured(httpSocket: Socket, { protocol, host, hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) =>
    connect({ protocol, host, hostname, port, httpSocket }, (error, socket) =>
      error === null ? resolve(socket) : reject(error),
    ),
  )
}
