import { setImmediate } from 'node:timers'
import { ConnectionError } from '../../messages/errors.ts'
import type { Answerer } from '../../engine/exchange/answerer.ts'
import { isOwnTraffic } from '../own-traffic.ts'
import { answerRequest, isLeftAlone } from './answer-request.ts'
import { closeHandles } from './engine-patches/closed-connections.ts'
import { playWebSockets } from './global-web-socket.ts'
import { connectionOf, followHandshakes } from './handshakes.ts'
import { flushHead } from './engine-patches/response-bodies.ts'
import { holdIdleConnections } from './engine-patches/connections.ts'
import { type RequestEvent, addFirstListener } from './engine-patches/first-listener.ts'
import { breakOlderConnections } from './engine-patches/older-connections.ts'
import { playHandshake } from './played-handshake.ts'
import { isWebSocket } from './web-sockets.ts'

/**
 * Chooses what answers a request to this host; undefined leaves it alone. Called in the async context of
 * the code that makes the request.
 */
export type ChooseAnswerer = (host: string) => Answerer | undefined

export type Interception = AsyncDisposable & { stop(): Promise<void> }

/** The active interceptions, the latest last. */
const layers: ChooseAnswerer[] = []

/** Removes the listeners on MSW's engine that all layers share. */
let unlisten: (() => void) | undefined

/** Hosts to which a request was answered. */
const answeredHosts = new Set<string>()

/**
 * Answers this process's requests to the hosts that `choose` knows, whichever client makes them. If several
 * interceptions know a host, the latest answers until it stops.
 * @throws UsageError when two copies of MSW's engine are installed and the other one is active
 */
export async function interceptBy(choose: ChooseAnswerer): Promise<Interception> {
  unlisten ??= listen()
  layers.push(choose)
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= leave(choose)
    return stopped
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

function listen(): () => void {
  const endings = [
    addFirstListener(answerEvent),
    followHandshakes(),
    playWebSockets((host) => {
      const answerer = fromLatestLayer(host)
      return answerer?.mode === 'live' ? undefined : answerer
    }),
    closeHandles(),
    holdIdleConnections((host) => answeredHosts.has(host)),
    breakOlderConnections((host) => {
      const answerer = fromLatestLayer(host)
      return answerer !== undefined && answerer.mode !== 'live'
    }),
  ]
  return () => {
    for (const end of endings) end()
    answeredHosts.clear()
  }
}

async function leave(choose: ChooseAnswerer): Promise<void> {
  layers.splice(layers.indexOf(choose), 1)
  if (layers.length > 0) return
  // When a client leaves a stream, as openai's does at [DONE], undici opens another connection, to be intercepted too.
  await afterConnectionsClosed()
  if (layers.length > 0) return
  unlisten?.()
  unlisten = undefined
}

/** Connections that clients have left close within this round of the event loop. */
function afterConnectionsClosed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function answerEvent(event: RequestEvent): Promise<void> {
  const { request, controller } = event
  // A CONNECT to a proxy has no URL; the requests inside its tunnel are intercepted by themselves.
  if (request.method === 'CONNECT') return
  // Our own request to the upstream: hidden from a `setupServer` of the user's, which may refuse unknown requests.
  if (isOwnTraffic()) return event.stopImmediatePropagation()
  const { host } = new URL(request.url)
  const answerer = fromLatestLayer(host)
  if (answerer === undefined || isLeftAlone(answerer, request)) return
  answeredHosts.add(host)
  event.stopImmediatePropagation()
  if (isWebSocket(request)) {
    const connection = connectionOf(request.headers.get('sec-websocket-key') ?? '')
    if (connection !== undefined) return playHandshake(answerer, event, connection)
  }
  try {
    const response = flushHead(await answerRequest(answerer, request))
    if (controller.readyState === PENDING) controller.respondWith(response)
    else await response.body?.cancel()
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    if (controller.readyState === PENDING) controller.errorWith(error)
  }
}

/** The `readyState` of a request that has no answer yet and whose client has not left. */
const PENDING = 0

function fromLatestLayer(host: string): Answerer | undefined {
  for (const choose of layers.toReversed()) {
    const answerer = choose(host)
    if (answerer !== undefined) return answerer
  }
  return undefined
}
