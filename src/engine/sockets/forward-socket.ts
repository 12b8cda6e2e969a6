import { AsyncLocalStorage } from 'node:async_hooks'
import {
  BROKEN,
  GOING_AWAY,
  NO_CODE,
  type OpenSocket,
  type SocketEnd,
  type SocketListener,
} from '../../http/web-socket.ts'
import { baseOf } from '../exchange/context.ts'
import type { Answer } from '../exchange/exchange.ts'
import type { OpenExchange } from '../exchange/open-exchange.ts'
import type { UpstreamSocket } from '../ports.ts'
import { commit, type Recording } from '../record/commit.ts'
import { authorized, type ForwardContext, recordedBase, type Send, slotOf } from '../record/outgoing.ts'
import type { Ending } from '../record/relay.ts'
import { Transcript } from './transcript.ts'

/**
 * Opens a WebSocket to the upstream. Frames are relayed in both directions, and the recorder gets a copy.
 * @param forward records a handshake that the upstream refused, like any other exchange
 */
export async function forwardSocket(
  context: ForwardContext,
  x: OpenExchange,
  forward: (send: Send) => Promise<Answer>,
): Promise<Answer> {
  const { inFlight, dependencies } = context
  const base = baseOf(context, x.request)
  const relay = new SocketRelay(() => Math.round(dependencies.clock.now() - x.arrival.at))
  const signal = AbortSignal.any([x.client.signal, inFlight.stopped])
  const listener = inThisContext(relay.upstreamListener)
  const connecting = dependencies.upstream.connect(
    base,
    authorized(context, base, x.request),
    listener,
    signal,
  )
  inFlight.track(connecting.then(noop, noop))
  const connected = await connecting.catch((error: unknown) => ({ kind: 'failed' as const, error }))
  if (connected.kind === 'open') return relayed(context, x, relay, connected.socket)
  return forward(async () => {
    if (connected.kind === 'failed') throw connected.error
    return connected.response
  })
}

/** A client in this process may send requests when it receives a frame. They are its own, not our upstream traffic. */
function inThisContext({ onMessage, onClose }: SocketListener): SocketListener {
  const run = AsyncLocalStorage.snapshot()
  return {
    onMessage: (data) => run(() => onMessage(data)),
    onClose: (code, reason) => run(() => onClose(code, reason)),
  }
}

function relayed(
  context: ForwardContext,
  x: OpenExchange,
  relay: SocketRelay,
  socket: UpstreamSocket,
): OpenSocket {
  const { stopped, track } = context.inFlight
  const { note } = x
  const slot = slotOf(context, x)
  const noted = note === undefined ? {} : { reason: note }
  x.journal({ path: x.recorded.path, status: SWITCHING, ...noted })
  const recording: Recording = {
    x,
    slot,
    base: recordedBase(context, x),
    response: { status: SWITCHING, headers: socket.headers },
    tap: relay.transcript,
  }
  const stop = (): void => relay.stop()
  stopped.addEventListener('abort', stop, { once: true })
  const commitAtEnd = async (): Promise<void> => {
    const ending = await relay.ended
    stopped.removeEventListener('abort', stop)
    await commit(context, recording, ending)
    x.finish()
  }
  track(commitAtEnd())
  return {
    kind: 'open',
    headers: socket.headers.filter(([name]) => name !== 'sec-websocket-protocol'),
    protocol: socket.protocol,
    records: context.library.records,
    attach: (client) => relay.attach(client, socket),
  }
}

const SWITCHING = 101

/** Relays frames between two ends, and copies them. */
class SocketRelay {
  readonly transcript = new Transcript()
  readonly ended: Promise<Ending>
  readonly #end: (ending: Ending) => void
  readonly #offset: () => number
  #client: SocketEnd | undefined
  #upstream: SocketEnd | undefined
  /** Events of the upstream before the client was attached. */
  #early: ((client: SocketEnd) => void)[] = []

  /** @param offset milliseconds since the handshake */
  constructor(offset: () => number) {
    const { promise, resolve } = Promise.withResolvers<Ending>()
    this.ended = promise
    this.#end = resolve
    this.#offset = offset
  }

  readonly upstreamListener: SocketListener = {
    onMessage: (data) => {
      this.transcript.add('server', data, this.#offset())
      this.#toClient((client) => client.send(data))
    },
    onClose: (code, reason) => {
      if (code === BROKEN) {
        // A conversation that the client closed cleanly is complete, however the upstream ended.
        if (!this.transcript.closed) this.#toClient((client) => client.terminate())
        return this.#end(this.transcript.closed ? { kind: 'complete' } : { kind: 'broken', error: BROKE })
      }
      this.transcript.close('server', code, reason, this.#offset())
      this.#toClient((client) => closeEnd(client, code, reason))
      this.#end({ kind: 'complete' })
    },
  }

  readonly #clientListener: SocketListener = {
    onMessage: (data) => {
      this.transcript.add('client', data, this.#offset())
      this.#upstream?.send(data)
    },
    onClose: (code, reason) => {
      if (code === BROKEN) {
        this.#upstream?.terminate()
        return this.#end({ kind: 'abandoned' })
      }
      this.transcript.close('client', code, reason, this.#offset())
      if (this.#upstream !== undefined) closeEnd(this.#upstream, code, reason)
      this.#end({ kind: 'complete' })
    },
  }

  attach(client: SocketEnd, upstream: SocketEnd): SocketListener {
    this.#client = client
    this.#upstream = upstream
    for (const send of this.#early) send(client)
    this.#early = []
    return this.#clientListener
  }

  stop(): void {
    this.#upstream?.terminate()
    this.#toClient((client) => client.close(GOING_AWAY, 'the session was closed'))
    this.#end({ kind: 'stopped' })
  }

  #toClient(send: (client: SocketEnd) => void): void {
    if (this.#client === undefined) this.#early.push(send)
    else send(this.#client)
  }
}

const BROKE = new Error('the connection broke')

function closeEnd(end: SocketEnd, code: number, reason: string): void {
  if (code === NO_CODE) end.close()
  else end.close(code, reason)
}

function noop(): void {}
