import { TLSSocket } from 'node:tls'

const MOCKED_SESSION = Buffer.from('mocked session')

let isPatched = false

/**
 * Hides from clients what MSW emits as the session of a mocked TLS connection: the words "mocked session".
 * A client would use it for its next connection to the host. OpenSSL fails to parse it, and that error breaks
 * whichever real connection of the process reads next, such as the upstream's in a recording with several
 * requests at once. The patch is never removed, as clients remember sessions.
 */
export function keepMockedSessionsOut(): void {
  if (isPatched) return
  isPatched = true
  const emit = TLSSocket.prototype.emit as (this: TLSSocket, name: string, ...args: unknown[]) => boolean
  Object.assign(TLSSocket.prototype, {
    emit(this: TLSSocket, name: string, ...args: unknown[]): boolean {
      if (name === 'session' && isMocked(args[0])) return false
      return emit.call(this, name, ...args)
    },
  })
}

/** Node 24.21 puts the host's name in front of a session, so that only the end of it is compared. */
function isMocked(session: unknown): boolean {
  return session instanceof Uint8Array && MOCKED_SESSION.equals(session.subarray(-MOCKED_SESSION.length))
}
