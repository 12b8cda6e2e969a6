import type { Socket } from 'node:net'
import { Interceptor } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'

/** A client's connection, as MSW's engine reports it. */
export interface Connection {
  /** The server's side: what is written to it the client reads, and its events tell what the client writes. */
  readonly socket: Socket
  readonly connectionOptions: {
    readonly host?: string | undefined
    readonly port?: number | string | undefined
  }
  readonly controller: {
    /** Keeps the connection off the network. */
    claim(): void
    /** Sends everything on the connection to the network. */
    passthrough(...args: unknown[]): Socket
  }
}

type EngineEvent = Connection & { readonly type: string }

/** The part of the engine's emitter that is used here. */
interface Emitter {
  readonly hooks: {
    on(hook: 'beforeEmit', listener: (event: EngineEvent) => void, options: { signal: AbortSignal }): void
  }
}

/**
 * Calls `follow` for each new connection, before anything is sent on it. Listeners of the engine's `connection`
 * event are called one after another, which may be later than that.
 * @returns a function that stops it, for connections that are made from then on
 */
export function followConnections(follow: (connection: Connection) => void): () => void {
  const { emitter } = Interceptor.singleton(SocketInterceptor) as unknown as { readonly emitter: Emitter }
  const stopped = new AbortController()
  const known = new WeakSet<Socket>()
  const beforeEmit = (event: EngineEvent): void => {
    // The hook is called before each of the event's listeners.
    if (event.type !== 'connection' || known.has(event.socket)) return
    known.add(event.socket)
    follow(event)
  }
  emitter.hooks.on('beforeEmit', beforeEmit, { signal: stopped.signal })
  return () => stopped.abort()
}

/**
 * Keeps idle connections off the network. When a client leaves a stream, as openai's does at `[DONE]`, undici
 * at once opens another connection, with nothing to send yet. MSW takes it for a protocol in which the server
 * speaks first, and passes it through to the real host. The next request, which undici sends on it, fails when
 * that host cannot be reached.
 * @param isOurs whether a host's requests are answered here
 * @returns a function that stops it
 */
export function holdIdleConnections(isOurs: (host: string) => boolean): () => void {
  return followConnections(({ socket, controller, connectionOptions: { host, port } }) => {
    if (!isOurs(host ?? '') && !isOurs(`${host}:${port}`)) return
    let hasData = false
    socket.once('data', () => (hasData = true))
    const passthrough = controller.passthrough.bind(controller)
    Object.assign(controller, {
      passthrough: (...args: Parameters<typeof passthrough>) => (hasData ? passthrough(...args) : socket),
    })
  })
}
