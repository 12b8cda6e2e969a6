import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers'

type Done = (error?: Error | null) => void

/**
 * The server's side of a connection that MSW's engine has taken, as a server of node:http would hand it
 * over. As through a network, what one end says is heard by the other in a later turn of the event loop,
 * each piece in a turn of its own, and its bytes are a copy.
 */
export class ServerEnd extends Duplex {
  readonly #socket: Socket

  /** @param socket as the engine tells of it: what is written the client reads, while the events are the client's */
  constructor(socket: Socket) {
    super()
    this.#socket = socket
    const later = (what: () => void): void => void setImmediate(what)
    socket.on('data', (bytes: Buffer) => {
      const copy = Buffer.from(bytes)
      later(() => this.push(copy))
    })
    socket.once('finish', () => later(() => this.push(null)))
    socket.once('close', () => later(() => this.destroy()))
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
