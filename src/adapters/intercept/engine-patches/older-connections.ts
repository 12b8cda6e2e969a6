import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { isAsking } from '../../own-traffic.ts'

/** Told by fetch and undici when a request is about to go out. */
const CHANNEL = 'undici:client:sendHeaders'

/**
 * Breaks connections that fetch or undici held open from before the interception as soon as
 * one of our requests is put on them: nobody hears what goes out there, and a replay would
 * ask the real host. The client fails, or asks again, and then it is heard.
 * @param isOurs whether a host's requests are answered here
 * @returns what ends it
 */
export function breakOlderConnections(isOurs: (host: string) => boolean): () => void {
  const hear = (message: unknown): void => {
    const { request, socket } = message as {
      readonly request: { readonly origin: string | URL }
      readonly socket: Socket
    }
    if (isHeard(socket) || isAsking()) return
    const { host } = new URL(request.origin)
    if (!isOurs(host)) return
    socket.destroy(
      new Error(
        `this connection to ${host} was open before openai-vcr intercepted it, and was broken so that nothing goes past: ask again, or intercept before the first request`,
      ),
    )
  }
  subscribe(CHANNEL, hear)
  return () => void unsubscribe(CHANNEL, hear)
}

/** MSW's engine marks the connections that it knows. */
function isHeard(socket: Socket): boolean {
  return Object.getOwnPropertySymbols(socket).some(({ description }) => description === 'kPatched')
}
