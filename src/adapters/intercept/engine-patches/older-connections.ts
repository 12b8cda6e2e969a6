import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { isOwnTraffic } from '../../own-traffic.ts'

/** On which fetch and undici publish that they are about to send a request. */
const CHANNEL = 'undici:client:sendHeaders'

/**
 * Breaks a connection that fetch or undici opened before the interception, as soon as one of our requests is
 * about to be sent on it: the engine cannot intercept it, and a replay would reach the real host. The client
 * then fails, or retries on a new connection that is intercepted.
 * @param isOurs whether a host's requests are answered here
 * @returns a function that stops it
 */
export function breakOlderConnections(isOurs: (host: string) => boolean): () => void {
  const onSendHeaders = (message: unknown): void => {
    const { request, socket } = message as {
      readonly request: { readonly origin: string | URL }
      readonly socket: Socket
    }
    if (isIntercepted(socket) || isOwnTraffic()) return
    const { host } = new URL(request.origin)
    if (!isOurs(host)) return
    socket.destroy(
      new Error(
        `this connection to ${host} was opened before openai-vcr intercepted requests. It was closed so that nothing reaches the network: retry, or intercept before the first request`,
      ),
    )
  }
  subscribe(CHANNEL, onSendHeaders)
  return () => void unsubscribe(CHANNEL, onSendHeaders)
}

/** MSW's engine marks the sockets that it controls. */
function isIntercepted(socket: Socket): boolean {
  return Object.getOwnPropertySymbols(socket).some(({ description }) => description === 'kPatched')
}
