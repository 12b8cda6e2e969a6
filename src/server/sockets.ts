import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { isWebSocketUpgrade } from '../adapters/http/upgrade.ts'
import { answerUpgrade, type OpenConnection, refuseUpgrade } from '../adapters/http/ws.ts'
import type { Dialect } from '../api/dialect.ts'
import type { Clock } from '../engine/ports.ts'
import { ConnectionError } from '../messages/errors.ts'
import { GOING_AWAY } from '../http/web-socket.ts'
import { addressOf } from './addresses.ts'
import { serverErrorResponse } from './listener.ts'
import type { Libraries } from './libraries.ts'

/** The server's WebSockets, under the same addresses as its requests. */
export class Sockets {
  readonly #libraries: Libraries
  readonly #dialect: Dialect
  readonly #clock: Clock
  readonly #redact: (text: string) => string
  readonly #open = new Set<OpenConnection>()
  readonly #conversations = new Set<Promise<void>>()
  #closing = false

  constructor(
    libraries: Libraries,
    { dialect, clock }: { readonly dialect: Dialect; readonly clock: Clock },
    redact: (text: string) => string,
  ) {
    this.#libraries = libraries
    this.#dialect = dialect
    this.#clock = clock
    this.#redact = redact
  }

  /** The listener for node:http's `upgrade` event. */
  readonly upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node has removed its own listener. A client that breaks off is handled on `close`.
    socket.on('error', () => {})
    const conversation = this.#answer(req, socket, head).catch(async (error: unknown) => {
      if (error instanceof ConnectionError) socket.destroy()
      else await refuseUpgrade(socket, serverErrorResponse(error, this.#dialect, this.#redact))
    })
    this.#conversations.add(conversation)
    void conversation.finally(() => this.#conversations.delete(conversation))
  }

  /** Ends replayed conversations now, and lets recorded ones finish, `graceMs` at most. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true
    for (const connection of this.#open) if (!connection.records) leave(connection)
    const ended = new AbortController()
    const late = this.#terminateAfter(graceMs, ended.signal)
    await Promise.all(this.#conversations)
    ended.abort()
    await late
  }

  async #terminateAfter(ms: number, ended: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, ended)
    if (!ended.aborted) for (const connection of this.#open) connection.terminate()
  }

  async #answer(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Before Node 24.9, the server cannot ignore these upgrades.
    if (!isWebSocketUpgrade(req)) {
      const message = `cannot upgrade to '${req.headers.upgrade}': only WebSockets are supported, and this version of Node cannot ignore other upgrades. Send the request without the upgrade, or use Node 24.9 or later`
      return refuseUpgrade(socket, this.#dialect.errors.custom(400, 'unknown_upgrade', this.#redact(message)))
    }
    const arrival = this.#libraries.arrive()
    const { session, cassette, target, isControl } = addressOf(req, (name) => this.#libraries.exists(name))
    if (isControl) {
      const message = `there is no WebSocket at ${this.#redact(req.url ?? '')}`
      return refuseUpgrade(socket, this.#dialect.errors.custom(404, 'unknown_address', message))
    }
    let opened: OpenConnection | undefined
    const { session: used, release } = await this.#libraries.acquire(session, cassette)
    try {
      await answerUpgrade(
        (...args) => used.connect(...args),
        { arrival, req, socket, head, target },
        (connection) => {
          opened = connection
          this.#open.add(connection)
          if (this.#closing) leave(connection)
        },
      )
    } finally {
      release()
      if (opened !== undefined) this.#open.delete(opened)
    }
  }
}

function leave(connection: OpenConnection): void {
  connection.close(GOING_AWAY, 'the server is stopping')
}
