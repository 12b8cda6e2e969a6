import { Interceptor } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'

/** The part of a socket that is used here. */
interface ClientSocket {
  _handle?: { close(): void } | null
  once(type: 'close', listener: () => void): unknown
}

/**
 * Closes the handles that MSW's engine leaves open after it has answered on a connection. Such a handle never
 * connected, and would keep the whole exchange in memory until the process ends.
 * @returns a function that stops it, for connections that are made from then on
 */
export function closeHandles(): () => void {
  const stopped = new AbortController()
  Interceptor.singleton(SocketInterceptor).on(
    'connection',
    ({ controller }) => {
      const socket = clientSocketOf(controller)
      socket?.once('close', () => {
        const handle = socket._handle
        // Only the engine's handles have a `connect` of their own. A real connection closes its handle itself.
        if (!handle || !Object.hasOwn(handle, 'connect')) return
        socket._handle = null
        handle.close()
      })
    },
    { signal: stopped.signal },
  )
  return () => stopped.abort()
}

function clientSocketOf(controller: object): ClientSocket | undefined {
  const key = Object.getOwnPropertySymbols(controller).find(({ description }) => description === 'kRawSocket')
  return key && (controller as Readonly<Record<symbol, ClientSocket>>)[key]
}
