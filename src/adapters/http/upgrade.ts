import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { ConnectionError, UsageError } from '../../messages/errors.ts'
import type { Answerer, OpenCassette } from '../../engine/exchange/answerer.ts'
import { object } from '../../json/input/object.ts'
import { optionsFrom } from '../../json/input/place.ts'
import { optional, string } from '../../json/input/shape.ts'
import { answererOf } from '../answerer-of.ts'
import { errorResponse } from '../error-response.ts'
import { requestTarget } from './node.ts'

/** A listener for the `upgrade` event of node:http's servers. */
export type UpgradeListener = (req: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface UpgradeOptions {
  /**
   * Where the API is on the server: the full path under which the router is mounted. As in Express,
   * case and a trailing slash do not matter.
   * @default '/'
   * @example '/openai'
   */
  readonly path?: string
}

const OPTIONS = object<UpgradeOptions>("an object, such as { path: '/openai' }", {
  path: optional(string("a path from the server's root, such as '/openai'", /^\/[^?#*]*$/)),
})

/**
 * Answers a cassette's WebSockets, beside `cassetteRouter` for its requests. Upgrades outside `path`
 * are left to the server's other listeners.
 * @param vcr an open cassette, from `openCassette`; its `close()` ends the open WebSockets
 * @throws UsageError for anything else, and for an invalid option
 * @example
 * app.use('/openai', cassetteRouter(vcr))
 * const server = app.listen(3000)
 * server.on('upgrade', cassetteUpgrade(vcr, { path: '/openai' }))
 */
export function cassetteUpgrade(vcr: OpenCassette, options: UpgradeOptions = {}): UpgradeListener {
  const answerer = answererOf(vcr)
  const { path: mount = '/' } = OPTIONS.read(
    options,
    optionsFrom('', (message) => answerer.redact(message)),
  )
  const path = mount.replace(/\/+$/, '').toLowerCase()
  return (req, socket, head) => {
    const target = targetUnder(path, requestTarget(req))
    if (target === undefined) return
    // A client that breaks off is handled on `close`; without a listener, its error would be uncaught.
    socket.on('error', () => {})
    void answer(answerer, { req, socket, head, target })
  }
}

interface UpgradeRequest {
  readonly req: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly target: string
}

async function answer(answerer: Answerer, upgrade: UpgradeRequest): Promise<void> {
  const arrival = answerer.arrive()
  // Loaded late, as most apps open no WebSocket.
  const { answerUpgrade, refuseUpgrade } = await import('./ws.ts')
  try {
    checkProtocol(upgrade.req)
    await answerUpgrade((...args) => answerer.connect(...args), { arrival, ...upgrade })
  } catch (error) {
    if (error instanceof ConnectionError) upgrade.socket.destroy()
    else await refuseUpgrade(upgrade.socket, errorResponse(error))
  }
}

/** Some clients offer HTTP/2 in an `upgrade` header. With an `upgrade` listener, those come here and not as requests. */
function checkProtocol(req: IncomingMessage): void {
  if (isWebSocketUpgrade(req)) return
  throw new UsageError(
    `cannot upgrade to '${req.headers.upgrade}': only WebSockets are supported. Send the request without the upgrade, or create the server with the option shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === 'websocket' (Node 24.9 or later), so that it is answered as a plain request`,
  )
}

export function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** Makes a URL relative to the mount path, as Express does; undefined when it is outside it. */
function targetUnder(path: string, url: string): string | undefined {
  const target = url.slice(path.length)
  if (url.slice(0, path.length).toLowerCase() !== path || !/^(?:[/?]|$)/.test(target)) return undefined
  return target.startsWith('/') ? target : `/${target}`
}
