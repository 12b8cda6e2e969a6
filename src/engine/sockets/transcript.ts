import type { Frame, FrameClose, RecordedResponse, Side } from '../../cassette/cassette.ts'
import { contentOf } from './frame-matcher.ts'
import { NO_CODE, type SocketData } from '../../http/web-socket.ts'

/** Copies the frames of both ends of a WebSocket, in the form of a cassette. */
export class Transcript {
  readonly #frames: Frame[] = []
  #close: FrameClose | undefined

  /** A conversation is complete only after it is closed. */
  readonly final = false

  get closed(): boolean {
    return this.#close !== undefined
  }

  /** @param offset milliseconds since the handshake */
  add(from: Side, data: SocketData, offset: number): void {
    if (!this.closed) this.#frames.push({ from, offset, content: contentOf(data) })
  }

  close(from: Side, code: number, reason: string, offset: number): void {
    this.#close ??= { from, offset, ...(code === NO_CODE ? {} : { code }), reason }
  }

  async end(): Promise<void> {}

  result(truncated: boolean): Pick<RecordedResponse, 'body' | 'truncated'> {
    return {
      body: {
        kind: 'frames',
        frames: this.#frames,
        ...(this.#close === undefined ? {} : { close: this.#close }),
      },
      ...(truncated ? { truncated: true as const } : {}),
    }
  }
}
