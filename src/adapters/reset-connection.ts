import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** Resets a connection. One of TLS Node can only close, which its client sees as one that broke. */
export function resetConnection(socket: Duplex | null): void {
  if (socket instanceof Socket && !(socket instanceof TLSSocket)) socket.resetAndDestroy()
  else socket?.destroy()
}
