import { type Connection, followConnections } from './engine-patches/connections.ts'

/** Connections by the `sec-websocket-key` of their latest handshake, which is unique. */
const connections = new Map<string, Connection>()

/**
 * Remembers on which connection each WebSocket handshake is sent. MSW's engine reports a request without its
 * connection.
 * @returns a function that stops it
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

/** The connection on which the handshake with this key was sent; undefined if it is unknown. */
export function connectionOf(key: string): Connection | undefined {
  const connection = connections.get(key)
  connections.delete(key)
  return connection
}

/** The key in a handshake's head, which clients write in one piece. */
function keyIn(bytes: Buffer): string | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'GET ') return undefined
  return /^sec-websocket-key:[ \t]*(\S+)/im.exec(bytes.toString('latin1'))?.[1]
}
