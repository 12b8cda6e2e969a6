import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Resets a connection. One of TLS Node can only close, which its client sees as one that broke. */
export function resetConnection(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket?.resetAndDestroy()
}
