import type { Headers, HttpResponse } from './message.ts'

/** The data of a text or binary frame. */
export type SocketData = string | Uint8Array

/** One end of a WebSocket, for sending to it. */
export interface SocketEnd {
  send(data: SocketData): void
  /** @param code no close code is sent if it is missing */
  close(code?: number, reason?: string): void
  /** Breaks the connection. */
  terminate(): void
  /** Called when every recorded frame has been sent, and the connection is about to be closed. */
  allSent?(): void
}

/** Receives what one end of a WebSocket sends. */
export interface SocketListener {
  onMessage(data: SocketData): void
  /** @param code as the WebSocket standard defines it: 1005 when none was sent, 1006 when the connection broke */
  onClose(code: number, reason: string): void
}

/** The server's reply to a client's handshake. */
export type Opening = { readonly kind: 'refused'; readonly response: HttpResponse } | OpenSocket

export interface OpenSocket {
  readonly kind: 'open'
  /** Headers of the handshake's response, without those that belong to the connection. */
  readonly headers: Headers
  /** The subprotocol, one of those that the client offered. */
  readonly protocol: string | undefined
  /** Whether the conversation is being recorded. It must then be allowed to end by itself. */
  readonly records: boolean
  /** Connects the client's end, once it can receive frames. */
  attach(client: SocketEnd): SocketListener
}

/** Close codes of the WebSocket standard: no code was sent; the connection broke. */
export const NO_CODE = 1005
export const BROKEN = 1006

/** Close codes that the mock sends: the session was closed; the client's frame was not recorded (a private code). */
export const GOING_AWAY = 1001
export const NOT_RECORDED = 4404
