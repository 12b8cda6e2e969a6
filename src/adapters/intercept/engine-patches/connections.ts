import type { Socket } from 'node:net'
import { Interceptor } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'

/** A client's connection as MSW's engine tells of it. */
export interface Connection {
  /** The server's side of it: what is written the client reads. Its events are the client's. */
  readonly socket: Socket
  readonly connectionOptions: {
    readonly host?: string | undefined
    readonly port?: number | string | undefined
  }
  readonly controller: {
    /** Nothing of it goes to the network. */
    claim(): void
    /** All of it goes to the network. */
    passthrough(...args: unknown[]): Socket
  }
}

type Told = Connection & { readonly type: string }

/** What the engine tells by, as far as it is used. */
interface Emitter {
  readonly hooks: {
    on(hook: 'beforeEmit', listener: (told: Told) => void, options: { signal: AbortSignal }): void
  }
}

/**
 * Tells of each connection before anything is said on it. A listener of the event is told in turn, which may
 * be later than that.
 * @returns what ends it, for connections that are made from then on
 */
export function followConnections(follow: (connection: Connection) => void): () => void {
  const { emitter } = Interceptor.singleton(SocketInterceptor) as unknown as { readonly emitter: Emitter }
  const ended = new AbortController()
  const known = new WeakSet<Socket>()
  const hear = (told: Told): void => {
    // It is called before each of the listeners.
    if (told.type !== 'connection' || known.has(told.socket)) return
    known.add(told.socket)
    follow(told)
  }
  emitter.hooks.on('beforeEmit', hear, { signal: ended.signal })
  return () => ended.abort()
}
