import { TLSSocket } from 'node:tls'

/** How every TLS session begins: as a sequence of ASN.1. */
const SEQUENCE = 0x30

let isKeptOut = false

/**
 * Keeps what MSW gives out as the session of a mocked TLS connection (the words "mocked session")
 * from clients. They would keep it for their next connection to the host; OpenSSL cannot read it, and
 * whichever real connection of the process reads next finds that error and breaks: in a recording
 * with several requests at once, the upstream's. Once kept out it stays so: clients do not forget.
 */
export function keepMockedSessionsOut(): void {
  if (isKeptOut) return
  isKeptOut = true
  const emit = TLSSocket.prototype.emit as (this: TLSSocket, name: string, ...args: unknown[]) => boolean
  Object.assign(TLSSocket.prototype, {
    emit(this: TLSSocket, name: string, ...args: unknown[]): boolean {
      if (name === 'session' && !isSession(args[0])) return false
      return emit.call(this, name, ...args)
    },
  })
}

function isSession(session: unknown): boolean {
  return session instanceof Uint8Array && session[0] === SEQUENCE
}
