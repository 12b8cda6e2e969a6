/** How the relay of a response ended. */
export type Ending =
  | { readonly kind: 'complete' }
  /** The client left before it had received everything. */
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'broken'; readonly error: unknown }
  /** The session was closed before it ended. */
  | { readonly kind: 'stopped' }

export interface RelayOptions {
  /** Called with each packet before the client gets it. The client waits for the returned promise. */
  readonly tap: (packet: Uint8Array) => Promise<void> | undefined
  /** Whether a client that leaves now has received a complete stream. */
  readonly isFinal: () => boolean
  /** Aborts the upstream's response. */
  readonly abort: () => void
  /** Aborts when the session closes. The relay stops waiting then. */
  readonly stopped: AbortSignal
}

/**
 * Relays packets as they arrive. When a client leaves at the end of its stream, it reads
 * the rest, so that the recording is complete. A slow client slows the upstream down, as it
 * would without a proxy, so the buffer is bounded.
 */
export function relay(
  source: AsyncIterable<Uint8Array>,
  options: RelayOptions,
): { body: AsyncIterable<Uint8Array>; ended: Promise<Ending> } {
  const queue = new PacketQueue(() => {
    if (!options.isFinal()) options.abort()
  })
  return { body: queue, ended: pump(source, queue, options) }
}

async function pump(
  source: AsyncIterable<Uint8Array>,
  queue: PacketQueue,
  options: RelayOptions,
): Promise<Ending> {
  try {
    for await (const packet of source) {
      const tapped = options.tap(packet)
      if (tapped !== undefined) await tapped
      queue.push(packet)
      if (queue.isFull && !options.isFinal()) await queue.room(options.stopped)
    }
    queue.end()
    return { kind: 'complete' }
  } catch (error) {
    queue.fail(error)
    return queue.left ? { kind: 'abandoned' } : { kind: 'broken', error }
  }
}

/** The buffer for a client in bytes, which one packet may exceed. It is as large as the buffer of a Node socket. */
const BUFFER_BYTES = 64 * 1024

class PacketQueue implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #packets: Uint8Array[] = []
  readonly #onLeave: () => void
  #state: { kind: 'open' } | { kind: 'ended' } | { kind: 'failed'; error: unknown } = { kind: 'open' }
  #wake: (() => void) | undefined
  #makeRoom: (() => void) | undefined
  #waiting = 0
  #left = false

  constructor(onLeave: () => void) {
    this.#onLeave = onLeave
  }

  get left(): boolean {
    return this.#left
  }

  get isFull(): boolean {
    return this.#waiting > BUFFER_BYTES
  }

  /** Resolves when the client has read more or has left, or the signal aborts. */
  room(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#makeRoom = resolve
    if (signal.aborted) resolve()
    const stop = (): void => resolve()
    signal.addEventListener('abort', stop, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', stop))
  }

  push(packet: Uint8Array): void {
    if (!this.#left) {
      this.#packets.push(packet)
      this.#waiting += packet.length
    }
    this.#wake?.()
  }

  end(): void {
    this.#state = { kind: 'ended' }
    this.#wake?.()
  }

  fail(error: unknown): void {
    this.#state = { kind: 'failed', error }
    this.#wake?.()
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const packet = this.#packets.shift()
      if (packet !== undefined) {
        this.#waiting -= packet.length
        if (!this.isFull) this.#makeRoom?.()
        return { done: false, value: packet }
      }
      if (this.#left || this.#state.kind === 'ended') return { done: true, value: undefined }
      if (this.#state.kind === 'failed') throw this.#state.error
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#left) {
      this.#left = true
      this.#packets.length = 0
      this.#waiting = 0
      this.#makeRoom?.()
      if (this.#state.kind === 'open') this.#onLeave()
      this.#wake?.()
    }
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
