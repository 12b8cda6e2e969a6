import type { HttpRequest } from '../../http/message.ts'
import type { Due } from './fault-injector.ts'
import type { OpenSocket } from '../../http/web-socket.ts'
import { protocolOf } from '../../engine/sockets/play-socket.ts'

/** A WebSocket that opens, and is closed or breaks at once, as its fault says; undefined for other faults. */
export function endedAtOnce(
  { fault: { does } }: Due,
  request: Pick<HttpRequest, 'headers'>,
): OpenSocket | undefined {
  if ((does.kind !== 'close' && does.kind !== 'cut') || does.after > 0) return undefined
  return {
    kind: 'open',
    headers: [],
    protocol: protocolOf(request.headers, undefined),
    records: false,
    attach: (client) => {
      if (does.kind === 'close') client.close(does.code, does.reason)
      else client.terminate()
      return { onMessage: () => {}, onClose: () => {} }
    },
  }
}
