import type { Frame, FramesBody } from '../cassette/cassette.ts'
import type { RerecordSupport } from '../api/dialect.ts'
import { contentOf } from '../engine/sockets/frame-matcher.ts'
import type { SocketData, SocketEnd } from '../http/web-socket.ts'

/** How far a server was: it had said this so often. */
export interface Landmark {
  readonly type: string
  readonly count: number
  /** How often it had told of an error. */
  readonly errors: number
}

/** What the server has said, of which a client knows by their types how far it is. */
export class Heard implements SocketEnd {
  readonly #again: RerecordSupport
  readonly #counts = new Counts()
  readonly #taken = new Counts()
  readonly #untaken: { readonly frame: Frame; readonly type: string | undefined }[] = []
  #closed = false
  #error = ''
  #wake: () => void = () => {}

  constructor(again: RerecordSupport) {
    this.#again = again
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** The latest error, where there are more than there were. */
  errorBeyond(landmark: Landmark | undefined): string | undefined {
    return this.#counts.of(ERROR) > (landmark?.errors ?? 0) ? this.#error : undefined
  }

  /** Whether it is as far as it was. */
  hasReached(landmark: Landmark | undefined): boolean {
    return this.#counts.reached(landmark)
  }

  /**
   * What came since it was last taken.
   * @param upTo how far it was in the recording: no more is taken than it takes to get there
   */
  take(upTo: Landmark | undefined): readonly Frame[] {
    const taken: Frame[] = []
    while (this.#untaken.length > 0 && !this.#taken.reached(upTo)) taken.push(...this.#takeNext())
    return taken
  }

  takeAll(): readonly Frame[] {
    return this.#untaken.splice(0).map(({ frame }) => frame)
  }

  /** Resolves with the next that comes. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  send(data: SocketData): void {
    const type = typeof data === 'string' ? this.#again.milestone(data) : undefined
    this.#untaken.push({ frame: { from: 'server', offset: 0, content: contentOf(data) }, type })
    this.#counts.add(type)
    if (type === ERROR) this.#error = String(data)
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }

  terminate(): void {
    this.close()
  }

  #takeNext(): Frame[] {
    const next = this.#untaken.shift()
    this.#taken.add(next?.type)
    return next === undefined ? [] : [next.frame]
  }
}

const ERROR = 'error'

/** How far the server was before each frame, and at the end; undefined where it had said nothing to wait for. */
export function landmarksOf(
  { frames }: FramesBody,
  again: RerecordSupport,
): readonly (Landmark | undefined)[] {
  const counts = new Counts()
  let latest: Landmark | undefined
  const before = frames.map(({ from, content }) => {
    const now = latest
    const isText = content.kind === 'text' || content.kind === 'text-with-blobs'
    const type = from === 'server' && isText ? again.milestone(content.text) : undefined
    counts.add(type)
    if (type !== undefined) latest = { type, count: counts.of(type), errors: counts.of(ERROR) }
    return now
  })
  return [...before, latest]
}

class Counts {
  readonly #counts = new Map<string, number>()

  of(type: string): number {
    return this.#counts.get(type) ?? 0
  }

  add(type: string | undefined): void {
    if (type !== undefined) this.#counts.set(type, this.of(type) + 1)
  }

  reached(landmark: Landmark | undefined): boolean {
    return landmark === undefined || this.of(landmark.type) >= landmark.count
  }
}
