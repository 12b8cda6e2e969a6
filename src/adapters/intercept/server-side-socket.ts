import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers'

type Done = (error?: Error | null) => void

/**
 * The server's side of a connection that MSW's engine has taken, as a server of node:http would hand it
 * over. As through a network, what the server says its client hears in later turns of the event loop, each
 * piece in one of its own, and the bytes of both are copies.
 */
export class ServerSideSocket extends Duplex {
  readonly #socket: Socket

  /** @param socket as the engine tells of it: what is written the client reads, while the events are the client's */
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
    // One that both sides have ended closes by itself, once its client has read all of it; and what was said
    // before one is broken off is heard.
    const isEnded = this.readableEnded && this.writableFinished
    if (!isEnded) setImmediate(() => this.#socket.destroy(error ?? undefined))
    done(error)
  }
}
