import type { Frame, FrameContent, FramesBody } from '../../cassette/cassette.ts'
import { restoreBase64, blobRefs } from '../../cassette/notation/frame-blobs.ts'
import { dueAfter } from '../replay/timing.ts'
import type { Setting } from '../setting.ts'
import {
  GOING_AWAY,
  NOT_RECORDED,
  type SocketData,
  type SocketEnd,
  type SocketListener,
} from '../../http/web-socket.ts'

/** How a recorded conversation is played. */
export interface Playing {
  /** When the handshake arrived. */
  readonly at: number
  /** Why what the client says is not what it said in the recording; undefined where it is. */
  readonly refuse: (
    said: SocketData,
    recorded: Frame | undefined,
    told: readonly string[],
  ) => string | undefined
  /** The error event that tells a client so. */
  readonly errorFrame: (reason: string) => string
  /** Told why a conversation did not come to its recorded end. */
  readonly diverged: (reason: string) => void
  readonly stopped: AbortSignal
}

/**
 * Plays the server's part of a recorded conversation. It is causal: what the server said
 * after the client's third frame comes after the client's third frame, and no sooner.
 */
export class Script implements SocketListener {
  readonly #client: SocketEnd
  readonly #setting: Pick<Setting, 'clock' | 'timing' | 'store'>
  readonly #playing: Playing
  readonly #received: SocketData[] = []
  readonly #told: string[] = []
  #gone = false
  #wake: () => void = () => {}
  /** When the client's latest frame came, then and now, and how much the server has said since. */
  #turn: { readonly offset: number; readonly at: number; replies: number }

  constructor(client: SocketEnd, setting: Pick<Setting, 'clock' | 'timing' | 'store'>, playing: Playing) {
    this.#client = client
    this.#setting = setting
    this.#playing = playing
    this.#turn = { offset: 0, at: playing.at, replies: 0 }
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
    const stir = (): void => this.#wake()
    this.#playing.stopped.addEventListener('abort', stir)
    try {
      await this.#playToEnd(body, truncated)
    } finally {
      this.#playing.stopped.removeEventListener('abort', stir)
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
    if (more !== undefined) this.#refuse(this.#playing.refuse(more, undefined, this.#told) ?? '')
  }

  /** True where the conversation is over before its recorded end. */
  async #playFrames(frames: readonly Frame[]): Promise<boolean> {
    for (const frame of frames) {
      if (this.#gone || this.#playing.stopped.aborted) break
      if (frame.from === 'server') await this.#say(frame)
      else {
        const said = await this.#next()
        if (said === undefined) break
        const reason = this.#playing.refuse(said, frame, this.#told)
        if (reason !== undefined) return this.#refuse(reason)
        this.#turn = { offset: frame.offset, at: this.#setting.clock.now(), replies: 0 }
      }
    }
    if (this.#playing.stopped.aborted) this.#client.close(GOING_AWAY, 'the session was closed')
    return this.#gone || this.#playing.stopped.aborted
  }

  async #say({ offset, content }: Frame): Promise<void> {
    await this.#wait(offset)
    const data = await this.#dataOf(content)
    if (this.#gone || this.#playing.stopped.aborted) return
    if (typeof data === 'string') this.#told.push(data)
    this.#client.send(data)
  }

  async #wait(offset: number): Promise<void> {
    const { clock, timing } = this.#setting
    const due = dueAfter(timing, offset - this.#turn.offset, this.#turn.replies++)
    const ms = due === 0 ? 0 : this.#turn.at + due - clock.now()
    if (ms > 0) await clock.sleep(ms, this.#playing.stopped)
  }

  async #dataOf(content: FrameContent): Promise<SocketData> {
    const { store } = this.#setting
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

  /** What the client says next; undefined when it has gone, or the session is over. */
  async #next(): Promise<SocketData | undefined> {
    const { stopped } = this.#playing
    while (this.#received.length === 0 && !this.#gone && !stopped.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#received.shift()
  }

  #refuse(reason: string): true {
    this.#playing.diverged(reason)
    this.#client.send(this.#playing.errorFrame(reason))
    this.#client.close(NOT_RECORDED, 'replay_miss: the error event before this says why')
    return true
  }
}
