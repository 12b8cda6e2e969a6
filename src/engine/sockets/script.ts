import type { Frame, FrameContent, FramesBody } from '../../cassette/cassette.ts'
import { blobRefs, restoreBase64 } from '../../cassette/notation/frame-blobs.ts'
import { dueAfter, type Timing } from '../timing.ts'
import type { Clock, Store } from '../ports.ts'
import {
  GOING_AWAY,
  NOT_RECORDED,
  type SocketData,
  type SocketEnd,
  type SocketListener,
} from '../../http/web-socket.ts'

/** What playing a recorded conversation needs. */
export interface ScriptOptions {
  /** When the handshake arrived, in milliseconds on the clock. */
  readonly at: number
  /**
   * Why the client's frame differs from the recorded one. Undefined where it matches.
   * @param recorded undefined when nothing more was recorded
   * @param sent the server's frames so far
   */
  readonly whyRefused: (
    data: SocketData,
    recorded: Frame | undefined,
    sent: readonly string[],
  ) => string | undefined
  /** The error event for the client. */
  readonly errorFrame: (reason: string) => string
  /** Called with the reason when a conversation does not reach its recorded end. */
  readonly diverged: (reason: string) => void
  readonly stopped: AbortSignal
}

/** What a script needs of the session. */
export interface ScriptContext {
  readonly dependencies: { readonly clock: Clock; readonly store: Pick<Store, 'readBlob'> }
  readonly options: { readonly timing: Timing }
}

/**
 * Plays the server's side of a recorded conversation, in causal order: what the server sent after the
 * client's third frame is sent after the client's third frame, never before.
 */
export class Script implements SocketListener {
  readonly #client: SocketEnd
  readonly #context: ScriptContext
  readonly #options: ScriptOptions
  readonly #received: SocketData[] = []
  readonly #sent: string[] = []
  #gone = false
  #wake: () => void = () => {}
  /** The time of the client's latest frame, in the recording and now, and the server's frames since. */
  #turn: { readonly offset: number; readonly at: number; replies: number }

  constructor(client: SocketEnd, context: ScriptContext, options: ScriptOptions) {
    this.#client = client
    this.#context = context
    this.#options = options
    this.#turn = { offset: 0, at: options.at, replies: 0 }
  }

  onMessage(data: SocketData): void {
    this.#received.push(data)
    this.#wake()
  }

  onClose(): void {
    this.#gone = true
    this.#wake()
  }

  async play(body: FramesBody, truncated: boolean): Promise<void> {
    const wake = (): void => this.#wake()
    this.#options.stopped.addEventListener('abort', wake)
    try {
      await this.#playToEnd(body, truncated)
    } finally {
      this.#options.stopped.removeEventListener('abort', wake)
    }
  }

  async #playToEnd(body: FramesBody, truncated: boolean): Promise<void> {
    const left = await this.#playFrames(body.frames)
    if (left) return
    this.#client.allSent?.()
    if (truncated) return this.#client.terminate()
    const { close } = body
    if (close?.from === 'server') {
      await this.#wait(close.offset)
      return this.#client.close(close.code, close.reason)
    }
    const more = await this.#next()
    if (more !== undefined) this.#refuse(this.#options.whyRefused(more, undefined, this.#sent) ?? '')
  }

  /** True where the conversation ended before its recorded end. */
  async #playFrames(frames: readonly Frame[]): Promise<boolean> {
    for (const frame of frames) {
      if (this.#gone || this.#options.stopped.aborted) break
      if (frame.from === 'server') await this.#send(frame)
      else {
        const data = await this.#next()
        if (data === undefined) break
        const reason = this.#options.whyRefused(data, frame, this.#sent)
        if (reason !== undefined) return this.#refuse(reason)
        this.#turn = { offset: frame.offset, at: this.#context.dependencies.clock.now(), replies: 0 }
      }
    }
    if (this.#options.stopped.aborted) this.#client.close(GOING_AWAY, 'the session was closed')
    return this.#gone || this.#options.stopped.aborted
  }

  async #send({ offset, content }: Frame): Promise<void> {
    await this.#wait(offset)
    const data = await this.#dataOf(content)
    if (this.#gone || this.#options.stopped.aborted) return
    if (typeof data === 'string') this.#sent.push(data)
    this.#client.send(data)
  }

  async #wait(offset: number): Promise<void> {
    const { dependencies, options } = this.#context
    const due = dueAfter(options.timing, offset - this.#turn.offset, this.#turn.replies++)
    const ms = due === 0 ? 0 : this.#turn.at + due - dependencies.clock.now()
    if (ms > 0) await dependencies.clock.sleep(ms, this.#options.stopped)
  }

  async #dataOf(content: FrameContent): Promise<SocketData> {
    const { store } = this.#context.dependencies
    switch (content.kind) {
      case 'text':
        return content.text
      case 'binary':
        return content.bytes
      case 'blob':
        return store.readBlob(content.sha256)
      case 'text-with-blobs': {
        const blobs = new Map<string, Uint8Array>()
        for (const name of blobRefs(content.text)) blobs.set(name, await store.readBlob(name))
        return restoreBase64(content, blobs)
      }
    }
  }

  /** The client's next frame. Undefined when the client has left or the session has closed. */
  async #next(): Promise<SocketData | undefined> {
    const { stopped } = this.#options
    while (this.#received.length === 0 && !this.#gone && !stopped.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#received.shift()
  }

  #refuse(reason: string): true {
    this.#options.diverged(reason)
    this.#client.send(this.#options.errorFrame(reason))
    this.#client.close(NOT_RECORDED, 'replay_miss: the reason is in the error event before this')
    return true
  }
}
