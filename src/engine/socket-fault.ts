import type { HttpRequest } from '../core/http.ts'
import type { Due } from './rehearsal.ts'
import type { OpenSocket } from './socket.ts'
import { protocolOf } from './socket-play.ts'

/** A WebSocket that opens and is closed at once, with the code that its fault says; undefined for other faults. */
export function closedSocket({ fault: { does } }: Due, request: HttpRequest): OpenSocket | undefined {
  if (does.kind !== 'close') return undefined
  return {
    kind: 'open',
    headers: [],
    protocol: protocolOf(request.headers, undefined),
    records: false,
    begin: (client) => {
      client.close(does.code, does.reason)
      return { heard: () => {}, closed: () => {} }
    },
  }
}
