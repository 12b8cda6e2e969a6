import { followConnections } from './connections.ts'

/**
 * Keeps connections that ask nothing off the network. When a client leaves a stream, as
 * openai's does at `[DONE]`, undici opens another connection at once, with nothing to say on it
 * yet. MSW takes it for one on which the server speaks first, and passes it through to the real
 * host; the next request, which undici puts on it, breaks off when that host cannot be reached.
 * @param isOurs whether a host's requests are answered here
 * @returns what ends it
 */
export function holdIdleConnections(isOurs: (host: string) => boolean): () => void {
  return followConnections(({ socket, controller, connectionOptions: { host, port } }) => {
    if (!isOurs(host ?? '') && !isOurs(`${host}:${port}`)) return
    let asks = false
    socket.once('data', () => (asks = true))
    const passOn = controller.passthrough.bind(controller)
    // It stays as it is, for the request that will come.
    Object.assign(controller, {
      passthrough: (...args: Parameters<typeof passOn>) => (asks ? passOn(...args) : socket),
    })
  })
}
