import type { Socket } from 'node:net'
import { buildConnector, Client } from 'undici'

/**
 * Connects through a proxy to where a URL is, and speaks TLS to it where it is `https:`. What is
 * wrong is told without the proxy's URL, which may have a password.
 * @throws Error when the proxy cannot be reached or refuses, or the certificate is not to be trusted
 */
export async function tunnel(proxy: string, url: URL, signal: AbortSignal): Promise<Socket> {
  const { origin, username, password } = new URL(proxy)
  const target = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`
  const headers = { host: target, ...authorization(username, password) }
  const client = new Client(origin, { connect: ownName })
  const { statusCode, socket } = await client.connect({ path: target, headers, signal })
  if (statusCode !== 200) {
    socket.on('error', () => {}).destroy()
    throw new Error(`the proxy does not connect to ${target}: it answered ${statusCode}`)
  }
  return url.protocol === 'https:' ? secured(socket as Socket, url) : (socket as Socket)
}

function authorization(username: string, password: string): { 'proxy-authorization'?: string } {
  if (username === '') return {}
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }
}

const connect = buildConnector({ allowH2: false })

/** undici takes the header `host` for the name of whom it connects to, and that is not the proxy's. */
const ownName: typeof connect = (options, done) => connect({ ...options, servername: '' }, done)

function secured(httpSocket: Socket, { protocol, host, hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) =>
    connect({ protocol, host, hostname, port, httpSocket }, (error, socket) =>
      error === null ? resolve(socket) : reject(error),
    ),
  )
}
