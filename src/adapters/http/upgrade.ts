import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { ConnectionError, UsageError } from '../../messages/errors.ts'
import { didYouMean } from '../../vcr/options/options.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { checkCassette } from '../check-cassette.ts'
import { answerFault } from '../failure.ts'
import { targetOf } from './target.ts'

/** What node:http takes as a listener of its servers' event `upgrade`. */
export type UpgradeListener = (req: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface UpgradeOptions {
  /**
   * Where the API is on the server: the whole path under which the router is mounted. As in Express,
   * capital letters and a slash at the end do not count.
   * @default '/'
   * @example '/openai'
   */
  readonly path?: string
}

/**
 * A cassette's WebSockets, beside `cassetteRouter` for its requests. What is not under its path is
 * left for other listeners of the server.
 * @param vcr what `openCassette` gave; its `close()` ends the WebSockets that are open
 * @throws UsageError for anything else, and for an option that is wrong
 * @example
 * app.use('/openai', cassetteRouter(vcr))
 * const server = app.listen(3000)
 * server.on('upgrade', cassetteUpgrade(vcr, { path: '/openai' }))
 */
export function cassetteUpgrade(vcr: Vcr, options: UpgradeOptions = {}): UpgradeListener {
  checkCassette(vcr)
  const path = pathOf(options)
  return (req, socket, head) => {
    const target = targetUnder(path, targetOf(req))
    if (target === undefined) return
    // A client that breaks off is told of by `close`; nobody else listens now.
    socket.on('error', () => {})
    void answer(vcr, { req, socket, head, target })
  }
}

interface Asked {
  readonly req: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly target: string
}

async function answer(vcr: Vcr, asked: Asked): Promise<void> {
  const arrival = vcr.arrive()
  // Loaded only here: most apps open no WebSocket.
  const { answerUpgrade, refuseUpgrade } = await import('./ws.ts')
  try {
    checkProtocol(asked.req)
    await answerUpgrade((...question) => vcr.handshake(...question), { arrival, ...asked })
  } catch (error) {
    if (error instanceof ConnectionError) asked.socket.destroy()
    else await refuseUpgrade(asked.socket, answerFault(error))
  }
}

/** Some clients offer HTTP/2 so. With a listener of upgrades Node hands these over as well, and no more as requests. */
function checkProtocol(req: IncomingMessage): void {
  if (asksForWebSocket(req)) return
  throw new UsageError(
    `an upgrade to '${req.headers.upgrade}' is not known here: ask without it, or create the server with the option shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === 'websocket' (Node 24.9 or later), so that it is answered as a plain request`,
  )
}

export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

function pathOf(options: UpgradeOptions): string {
  const unknown = Object.keys(options).find((key) => key !== 'path')
  if (unknown !== undefined)
    throw new UsageError(`unknown option '${unknown}'${didYouMean(unknown, ['path'])}`)
  const { path = '/' } = options
  if (typeof path === 'string' && /^\/[^?#*]*$/.test(path)) return path.replace(/\/+$/, '').toLowerCase()
  throw new UsageError("the option 'path' must be a path from the server's root, such as '/openai'")
}

/** As Express makes URLs relative to where a router is mounted; undefined for what is not under it. */
function targetUnder(path: string, url: string): string | undefined {
  const target = url.slice(path.length)
  if (url.slice(0, path.length).toLowerCase() !== path || !/^(?:[/?]|$)/.test(target)) return undefined
  return target.startsWith('/') ? target : `/${target}`
}
