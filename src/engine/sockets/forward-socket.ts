import { AsyncLocalStorage } from 'node:async_hooks'
import type { RecordedResponse } from '../../cassette/cassette.ts'
import { ask, authorized, type Question } from '../record/forward.ts'
import { runAsking } from '../../adapters/own-traffic.ts'
import type { Settle } from '../journal.ts'
import { keepOrSay } from '../record/commit.ts'
import type { Connected, UpstreamSocket } from '../ports.ts'
import type { Ending } from '../record/relay.ts'
import type { Setting } from '../setting.ts'
import {
  BROKEN,
  GOING_AWAY,
  NO_CODE,
  type Opening,
  type SocketEnd,
  type SocketListener,
} from '../../http/web-socket.ts'
import { Transcript } from './transcript.ts'

/** Opens a WebSocket to the upstream. Frames go both ways as they come, and the recorder gets a copy. */
export async function askSocket(setting: Setting, question: Question): Promise<Opening> {
  const { request, signal, stopped, track } = question
  const base = setting.base.explicit ? setting.base.url : (request.origin ?? setting.base.url)
  const relay = new SocketRelay(() => Math.round(setting.clock.now() - question.arrival.at))
  const signals = signal === undefined ? stopped : AbortSignal.any([signal, stopped])
  const listener = inThisContext(relay.upstreamListener)
  const connecting = runAsking(() =>
    setting.upstream.connect(base, authorized(setting, base, request), listener, signals),
  )
  track(connecting.then(noop, noop))
  const connected = await connecting.catch((error: unknown) => ({ kind: 'failed' as const, error }))
  if (connected.kind !== 'open')
    return { kind: 'refused', response: await ask(answering(setting, connected), question) }
  return relayed(setting, question, relay, base, connected.socket)
}

/** What a client in this process asks when it hears the upstream is not asked by us. */
function inThisContext({ onMessage, onClose }: SocketListener): SocketListener {
  const run = AsyncLocalStorage.snapshot()
  return {
    onMessage: (data) => run(() => onMessage(data)),
    onClose: (code, reason) => run(() => onClose(code, reason)),
  }
}

/** A handshake that was refused is an exchange like any other. */
function answering(
  setting: Setting,
  answer: Exclude<Connected, { kind: 'open' }> | { readonly kind: 'failed'; readonly error: unknown },
): Setting {
  const send = async () => {
    if (answer.kind === 'failed') throw answer.error
    return answer.response
  }
  return { ...setting, upstream: { send, connect: (...asked) => setting.upstream.connect(...asked) } }
}

function relayed(
  setting: Setting,
  { asked, identity, arrival, journal, trail, usage, note, track, stopped }: Question,
  relay: SocketRelay,
  base: string,
  socket: UpstreamSocket,
): Opening {
  const { recorder, redactor } = setting
  const slot = recorder?.take(identity.fingerprint, arrival.order)
  if (slot !== undefined) trail?.slots.push(slot)
  const said = note === undefined ? {} : { reason: note }
  const add = journal.add(
    { method: asked.method, path: asked.path, outcome: 'pending', status: SWITCHING, ...said },
    trail?.journal,
  )
  const settle: Settle = ({ reason, ...settled }) =>
    add({
      ...settled,
      ...(reason !== undefined && { reason: note === undefined ? reason : `${note}; ${reason}` }),
    })
  const where = redactor.text(base)
  const count = (heard: RecordedResponse): void => usage.answer(asked, heard, where)
  const response = { status: SWITCHING, headers: socket.headers }
  const exchange = { asked, identity, slot, base: where, response, tap: relay.transcript, settle, count }
  const stop = (): void => relay.stop()
  stopped.addEventListener('abort', stop, { once: true })
  const keepAtEnd = async (): Promise<void> => {
    const ending = await relay.ended
    stopped.removeEventListener('abort', stop)
    await keepOrSay(setting, exchange, ending)
  }
  track(keepAtEnd())
  return {
    kind: 'open',
    headers: socket.headers.filter(([name]) => name !== 'sec-websocket-protocol'),
    protocol: socket.protocol,
    records: recorder !== undefined,
    attach: (client) => relay.attach(client, socket),
  }
}

const SWITCHING = 101

/** Passes frames on between two ends, and writes them down. */
class SocketRelay {
  readonly transcript = new Transcript()
  readonly ended: Promise<Ending>
  readonly #end: (ending: Ending) => void
  readonly #offset: () => number
  #client: SocketEnd | undefined
  #upstream: SocketEnd | undefined
  /** What the upstream did before the client could hear it. */
  #early: ((client: SocketEnd) => void)[] = []

  constructor(offset: () => number) {
    const { promise, resolve } = Promise.withResolvers<Ending>()
    this.ended = promise
    this.#end = resolve
    this.#offset = offset
  }

  readonly upstreamListener: SocketListener = {
    onMessage: (data) => {
      this.transcript.hear('server', data, this.#offset())
      this.#tell((client) => client.send(data))
    },
    onClose: (code, reason) => {
      if (code === BROKEN) {
        // What the client closed cleanly is whole, however its end came.
        if (!this.transcript.closed) this.#tell((client) => client.terminate())
        return this.#end(this.transcript.closed ? { kind: 'complete' } : { kind: 'broken', error: BROKE })
      }
      this.transcript.close('server', code, reason, this.#offset())
      this.#tell((client) => closeEnd(client, code, reason))
      this.#end({ kind: 'complete' })
    },
  }

  readonly #clientListener: SocketListener = {
    onMessage: (data) => {
      this.transcript.hear('client', data, this.#offset())
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
    for (const tell of this.#early) tell(client)
    this.#early = []
    return this.#clientListener
  }

  stop(): void {
    this.#upstream?.terminate()
    this.#tell((client) => client.close(GOING_AWAY, 'the session was closed'))
    this.#end({ kind: 'stopped' })
  }

  #tell(what: (client: SocketEnd) => void): void {
    if (this.#client === undefined) this.#early.push(what)
    else what(this.#client)
  }
}

const BROKE = new Error('it broke the connection')

function closeEnd(end: SocketEnd, code: number, reason: string): void {
  if (code === NO_CODE) end.close()
  else end.close(code, reason)
}

function noop(): void {}
