import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { isWebSocketUpgrade, type UpgradeListener } from './upgrade.ts'
import { UsageError } from '../../messages/errors.ts'

export interface Listeners {
  readonly request: RequestListener
  readonly upgrade: UpgradeListener
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** Undefined for plain HTTP. */
  readonly certificate: PemPair | undefined
}

/** PEM texts. */
interface PemPair {
  readonly cert: string
  readonly key: string
}

export interface ListeningServer {
  readonly url: string
  /** Stops taking requests, and lets those in progress finish, `graceMs` at most. */
  close(graceMs: number): Promise<void>
}

/** @throws UsageError for an address that cannot be used */
export async function listenAt(
  { host, port, certificate }: ListenOptions,
  listeners: Listeners,
): Promise<ListeningServer> {
  const server = serverFor(certificate, listeners)
  await listen(server, host, port)
  const { address, family, port: chosen } = server.address() as AddressInfo
  const name = family === 'IPv6' ? `[${address}]` : address
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://${name}:${chosen}`,
    close: (graceMs) => finish(server, graceMs),
  }
}

function serverFor(certificate: PemPair | undefined, { request, upgrade }: Listeners): Server {
  // Some clients offer HTTP/2 by an upgrade and expect a plain response.
  const shouldUpgradeCallback = isWebSocketUpgrade
  const server =
    certificate === undefined
      ? createServer({ shouldUpgradeCallback }, request)
      : createSecureServer({ shouldUpgradeCallback, cert: certificate.cert, key: certificate.key }, request)
  return server.on('upgrade', upgrade)
}

/** Waits for requests in progress, and drops the connections that are left after `graceMs`. */
async function finish(server: Server, graceMs: number): Promise<void> {
  // Polled, because a connection becomes idle only when its response has ended.
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  const late = setTimeout(() => server.closeAllConnections(), graceMs)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearInterval(idle)
  clearTimeout(late)
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)))
    server.listen(port, host, resolve)
  })
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new UsageError(
        `port ${port} on ${host} is in use; choose another with --port, or --port 0 for a free one`,
        { cause: error },
      )
    case 'EACCES':
      return new UsageError(`this user is not allowed to open port ${port}; choose one over 1023`, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UsageError(`${host} is not an address of this machine; choose another with --host`, {
        cause: error,
      })
    default:
      return error
  }
}
