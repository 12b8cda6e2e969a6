import type { SocketError } from '../../api/dialect.ts'
import { halved } from './corrupt.ts'
import type { CloseFault, StreamFault } from './rules.ts'
import {
  BROKEN,
  type OpenSocket,
  type SocketData,
  type SocketEnd,
  type SocketListener,
} from '../../http/web-socket.ts'

/** Faults of a conversation. They count the server's frames. */
export type Alteration = StreamFault | CloseFault

export interface FaultySocketOptions {
  /** Waits; returns early when the session closes or the client leaves. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly error: () => SocketError
  /** Called once the client has received the whole conversation, except for what the fault replaced. */
  readonly whole: () => void
}

/** A conversation that a fault damages. */
export function faultySocket(
  opening: OpenSocket,
  fault: Alteration,
  options: FaultySocketOptions,
): OpenSocket {
  return { ...opening, attach: (client) => new FaultySocket(opening, client, fault, options) }
}

/** Sits between the client and the other end, which is a recording or the upstream. */
class FaultySocket implements SocketListener {
  /** Undefined until it is attached. */
  readonly #inner: SocketListener | undefined
  readonly #client: SocketEnd
  readonly #fault: Alteration
  readonly #options: FaultySocketOptions
  readonly #left = new AbortController()
  #number = 0
  /** Frames held back while the fault stalls. */
  #held: (() => void)[] | undefined
  #isMute = false
  #isOver = false

  constructor(opening: OpenSocket, client: SocketEnd, fault: Alteration, options: FaultySocketOptions) {
    this.#client = client
    this.#fault = fault
    this.#options = options
    if (fault.kind === 'stall' && fault.after === 0) this.#hold(fault.ms)
    this.#inner = opening.attach(this.#toClient)
    // Attaching may have sent enough frames for the fault to happen.
    if (this.#isOver) this.#inner.onClose(BROKEN, '')
  }

  onMessage(data: SocketData): void {
    if (this.#isOver) return
    this.#isMute = false
    this.#inner?.onMessage(data)
  }

  onClose(code: number, reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#left.abort()
    this.#inner?.onClose(code, reason)
  }

  readonly #toClient: SocketEnd = {
    send: (data) => this.#inOrder(() => this.#say(data)),
    close: (code, reason) => this.#inOrder(() => this.#client.close(code, reason)),
    terminate: () => this.#inOrder(() => this.#client.terminate()),
    allSent: () => this.#inOrder(this.#options.whole),
  }

  #inOrder(what: () => void): void {
    if (this.#isOver) return
    if (this.#held === undefined) what()
    else this.#held.push(what)
  }

  #say(data: SocketData): void {
    if (this.#isMute) return
    const fault = this.#fault
    const number = ++this.#number
    if (fault.kind === 'errorEvent' && fault.at === number) return this.#sayError()
    this.#client.send(fault.kind === 'corrupt' && fault.event === number ? half(data) : data)
    if (!('after' in fault) || fault.after !== number) return
    if (fault.kind === 'stall') this.#hold(fault.ms)
    else this.#breakOff(fault)
  }

  #sayError(): void {
    const { text, endsAnswer } = this.#options.error()
    this.#client.send(text)
    this.#isMute = endsAnswer
  }

  #hold(ms: number): void {
    this.#held = []
    void this.#options.sleep(ms, this.#left.signal).then(this.#release)
  }

  readonly #release = (): void => {
    const held = this.#held ?? []
    this.#held = undefined
    for (const what of held) this.#inOrder(what)
  }

  /** The other end sees a broken connection, because the conversation did not end by itself. */
  #breakOff(fault: Alteration): void {
    this.#isOver = true
    if (fault.kind === 'close') this.#client.close(fault.code, fault.reason)
    else this.#client.terminate()
    this.#inner?.onClose(BROKEN, '')
  }
}

function half(data: SocketData): SocketData {
  return typeof data === 'string' ? halved(data) : data.subarray(0, data.length / 2)
}
