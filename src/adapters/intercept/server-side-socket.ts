import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers'

type Done = (error?: Error | null) => void

/**
 * The server's side of an intercepted connection, like the socket of a node:http server. As over a network,
 * the client receives each piece in a later turn of the event loop, and both sides get copies of the bytes.
 */
export class ServerSideSocket extends Duplex {
  readonly #socket: Socket

  /** @param socket from the engine: what is written to it the client reads, and its events tell what the client writes */
  constructor(socket: Socket) {
    super()
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => void this.push(Buffer.from(bytes)))
    socket.once('finish', () => void this.push(null))
    socket.once('close', () => this.destroy())
    if (socket.destroyed) this.destroy()
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: Done): void {
    const copy = Buffer.from(bytes)
    setImmediate(() => {
      if (this.#socket.destroyed) done()
      else this.#socket.write(copy, () => done())
    })
  }

  override _final(done: Done): void {
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: Done): void {
    // A connection that both sides have ended closes by itself once the client has read everything. One that
    // breaks off is destroyed a turn later, so that the client receives what was sent before.
    const isEnded = this.readableEnded && this.writableFinished
    if (!isEnded) setImmediate(() => this.#socket.destroy(error ?? undefined))
    done(error)
  }
}
