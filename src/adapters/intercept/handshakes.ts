import { type Connection, followConnections } from './engine-patches/connections.ts'

/** By the key of the handshake that came last, which is another one each time. */
const connections = new Map<string, Connection>()

/**
 * Remembers which connection each WebSocket's handshake is sent on: MSW's engine tells of a request
 * without it.
 * @returns what ends it
 */
export function followHandshakes(): () => void {
  return followConnections((connection) => {
    const { socket } = connection
    let last = ''
    socket.on('data', (bytes: Buffer) => {
      const key = keyIn(bytes)
      if (key === undefined) return
      last = key
      connections.set(key, connection)
    })
    socket.once('close', () => connections.delete(last))
  })
}

/** The connection on which a handshake with this key came; undefined when it is not known. */
export function connectionOf(key: string): Connection | undefined {
  const connection = connections.get(key)
  connections.delete(key)
  return connection
}

/** Clients write the head of a request in one piece. */
function keyIn(bytes: Buffer): string | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'GET ') return undefined
  return /^sec-websocket-key:[ \t]*(\S+)/im.exec(bytes.toString('latin1'))?.[1]
}
