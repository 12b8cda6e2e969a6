/** How a response's way from the upstream to the client ended. */
export type Ending =
  | { readonly kind: 'complete' }
  /** The client left before it had everything. */
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'broken'; readonly error: unknown }
  /** The session was closed before it ended. */
  | { readonly kind: 'stopped' }

export interface RelayOptions {
  /** Called with each packet before the client gets it, which waits for what is returned. */
  readonly tap: (packet: Uint8Array) => Promise<void> | undefined
  /** Whether a client that leaves now has all it came for. */
  readonly isFinal: () => boolean
  /** Stops the upstream. */
  readonly abort: () => void
  /** Aborts when the session is over: nobody is waited for then. */
  readonly stopped: AbortSignal
}

/**
 * Passes packets on as they come, and reads on when a client leaves at the end of its
 * stream, so that the recording is whole. A slow client holds the upstream up, as it
 * would without us: what waits for it is bounded.
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

/** Bytes that wait for a client, at most, and one packet. As much as Node lets wait in a socket. */
const MOST = 64 * 1024

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
    return this.#waiting > MOST
  }

  /** Resolves when the client has read on or has left, or the signal aborts. */
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
