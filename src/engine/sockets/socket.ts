import type { Headers, HttpResponse } from '../../http/message.ts'

/** A WebSocket's frame: text, or bytes. */
export type SocketData = string | Uint8Array

/** One end of a WebSocket, to which something can be said. */
export interface SocketEnd {
  send(data: SocketData): void
  /** @param code none is sent where it is undefined */
  close(code?: number, reason?: string): void
  /** Breaks the connection. */
  terminate(): void
  /** Told that all has been said that there was to say, but for closing. */
  done?(): void
}

/** Hears what comes from one end of a WebSocket. */
export interface SocketListener {
  heard(data: SocketData): void
  /** @param code as the WebSocket standard has it: 1005 where none was sent, 1006 where the connection broke */
  closed(code: number, reason: string): void
}

/** What became of a client's handshake. */
export type Opening = { readonly kind: 'refused'; readonly response: HttpResponse } | OpenSocket

export interface OpenSocket {
  readonly kind: 'open'
  /** Those of the handshake's answer, without what belongs to the connection. */
  readonly headers: Headers
  /** The subprotocol, among those that the client offered. */
  readonly protocol: string | undefined
  /** Whether what is said is to be kept, so that it must come to its own end. */
  readonly records: boolean
  /** Begins once the client's end can be spoken to. */
  begin(client: SocketEnd): SocketListener
}

/** Of the WebSocket standard: no code was sent, and the connection broke. */
export const NO_CODE = 1005
export const BROKEN = 1006

/** What we close with: the session was closed, and (a code for applications) a frame that was not recorded. */
export const GOING_AWAY = 1001
export const NOT_RECORDED = 4404
