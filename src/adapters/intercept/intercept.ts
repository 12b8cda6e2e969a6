import { setImmediate } from 'node:timers'
import { ConnectionError } from '../../messages/errors.ts'
import { isAsking } from '../own-traffic.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { type InterceptAnswerer, answerRequest, isLeftAlone } from './answer-request.ts'
import { closeHandles } from './engine-patches/closed-connections.ts'
import { playWebSockets } from './global-web-socket.ts'
import { connectionOf, followHandshakes } from './handshakes.ts'
import { flushHead } from './flush-head.ts'
import { type HostOptions, hostsOf } from './hosts.ts'
import { holdIdleConnections } from './engine-patches/idle-connections.ts'
import { type RequestEvent, addFirstListener } from './engine-patches/first-listener.ts'
import { breakOlderConnections } from './engine-patches/older-connections.ts'
import { playHandshake } from './played-handshake.ts'
import { isWebSocket } from './web-sockets.ts'

export type InterceptOptions = HostOptions

/** What answers a host's requests, asked in the async context of whoever makes them; undefined when it is not ours. */
export type ChooseAnswerer = (host: string) => InterceptAnswerer | undefined

export type Interception = AsyncDisposable & { stop(): Promise<void> }

/** What intercepts, the latest last. */
const layers: ChooseAnswerer[] = []

/** Ends what all layers share: listeners of MSW's own engine. */
let unlisten: (() => void) | undefined

/** Hosts that were answered for. */
const answered = new Set<string>()

/**
 * Answers this process's requests to OpenAI from a cassette, whichever client makes
 * them: fetch, node:http, axios, undici. Of several that intercept one host, the latest
 * answers until it stops.
 * @example
 * await using vcr = await openCassette('weather')
 * await using _ = await intercept(vcr)
 */
export function intercept(vcr: Vcr, options: InterceptOptions = {}): Promise<Interception> {
  const hosts = hostsOf(vcr, options)
  return interceptBy((host) => (hosts.has(host) ? vcr : undefined))
}

/**
 * For test runners: as `intercept` does, with what answers chosen for each request.
 * @throws UsageError where two copies of MSW's engine are installed, and the other is at work
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
    holdIdleConnections((host) => answered.has(host)),
    breakOlderConnections((host) => {
      const answerer = fromLatestLayer(host)
      return answerer !== undefined && answerer.mode !== 'live'
    }),
  ]
  return () => {
    for (const end of endings) end()
    answered.clear()
  }
}

async function leave(choose: ChooseAnswerer): Promise<void> {
  layers.splice(layers.indexOf(choose), 1)
  if (layers.length > 0) return
  // undici connects again once a client has left a stream, as openai's does at [DONE]: not past us to the network.
  await afterConnectionsClosed()
  if (layers.length > 0) return
  unlisten?.()
  unlisten = undefined
}

/** What has been left closes in this round of the event loop. */
function afterConnectionsClosed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function answerEvent(event: RequestEvent): Promise<void> {
  const { request, controller } = event
  // That of a proxy's tunnel has no URL; what goes through it comes by itself.
  if (request.method === 'CONNECT') return
  // On its way to the upstream: a server of the user's that refuses what it does not know need not hear of it.
  if (isAsking()) return event.stopImmediatePropagation()
  const { host } = new URL(request.url)
  const answerer = fromLatestLayer(host)
  if (answerer === undefined || isLeftAlone(answerer, request)) return
  answered.add(host)
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

/** Of a request that nobody has answered, and whose client has not left. */
const PENDING = 0

function fromLatestLayer(host: string): InterceptAnswerer | undefined {
  for (const choose of layers.toReversed()) {
    const answerer = choose(host)
    if (answerer !== undefined) return answerer
  }
  return undefined
}
