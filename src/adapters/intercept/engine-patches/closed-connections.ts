import { Interceptor } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'

/** What is used of a socket. */
interface ClientSocket {
  _handle?: { close(): void } | null
  once(type: 'close', listener: () => void): unknown
}

/**
 * Closes what MSW's engine leaves open of each connection on which it answered: the handle under the
 * socket, which never connected and would be kept with all of the exchange until the process ends.
 * @returns what ends it, for connections that are made from then on
 */
export function closeHandles(): () => void {
  const ended = new AbortController()
  Interceptor.singleton(SocketInterceptor).on(
    'connection',
    ({ controller }) => {
      const socket = clientSocketOf(controller)
      socket?.once('close', () => {
        const handle = socket._handle
        // That of a real connection is not the engine's, and closes by itself.
        if (!handle || !Object.hasOwn(handle, 'connect')) return
        socket._handle = null
        handle.close()
      })
    },
    { signal: ended.signal },
  )
  return () => ended.abort()
}

function clientSocketOf(controller: object): ClientSocket | undefined {
  const key = Object.getOwnPropertySymbols(controller).find(({ description }) => description === 'kRawSocket')
  return key && (controller as Readonly<Record<symbol, ClientSocket>>)[key]
}
