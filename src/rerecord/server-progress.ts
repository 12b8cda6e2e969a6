import type { RerecordSupport } from '../api/dialect.ts'
import type { Frame, FramesBody } from '../cassette/cassette.ts'
import { contentOf } from '../engine/sockets/frame-matcher.ts'
import type { SocketData, SocketEnd } from '../http/web-socket.ts'

type MilestoneReader = Pick<RerecordSupport, 'milestone'>

/** A point in a recorded conversation where the server had sent `count` messages of a type. */
export interface Milestone {
  readonly type: string
  readonly count: number
  /** The number of errors that the server had sent up to this point. */
  readonly errors: number
}

/** Collects the server's messages in a new conversation and compares its progress with the recorded one. */
export class ServerProgress implements SocketEnd {
  readonly #support: MilestoneReader
  readonly #sent = new MessageCounts()
  readonly #taken = new MessageCounts()
  readonly #untaken: { readonly frame: Frame; readonly type: string | undefined }[] = []
  #closed = false
  #error = ''
  #wake: () => void = () => {}

  constructor(support: MilestoneReader) {
    this.#support = support
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** The latest error, if the server has sent more errors than in the recording. */
  errorSince(milestone: Milestone | undefined): string | undefined {
    return this.#sent.of(ERROR) > (milestone?.errors ?? 0) ? this.#error : undefined
  }

  hasReached(milestone: Milestone | undefined): boolean {
    return this.#sent.haveReached(milestone)
  }

  /** Takes the remaining messages up to a milestone. */
  take(upTo: Milestone | undefined): readonly Frame[] {
    const taken: Frame[] = []
    while (this.#untaken.length > 0 && !this.#taken.haveReached(upTo)) taken.push(...this.#takeNext())
    return taken
  }

  takeAll(): readonly Frame[] {
    return this.#untaken.splice(0).map(({ frame }) => frame)
  }

  /** Resolves at the next message or when the server closes. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  send(data: SocketData): void {
    const type = typeof data === 'string' ? this.#support.milestone(data) : undefined
    this.#untaken.push({ frame: { from: 'server', offset: 0, content: contentOf(data) }, type })
    this.#sent.add(type)
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

/** The latest milestone before each frame, followed by the latest one of all; undefined before the first milestone. */
export function milestonesIn(
  { frames }: FramesBody,
  support: MilestoneReader,
): readonly (Milestone | undefined)[] {
  const counts = new MessageCounts()
  let latest: Milestone | undefined
  const before = frames.map(({ from, content }) => {
    const now = latest
    const isText = content.kind === 'text' || content.kind === 'text-with-blobs'
    const type = from === 'server' && isText ? support.milestone(content.text) : undefined
    counts.add(type)
    if (type !== undefined) latest = { type, count: counts.of(type), errors: counts.of(ERROR) }
    return now
  })
  return [...before, latest]
}

class MessageCounts {
  readonly #byType = new Map<string, number>()

  of(type: string): number {
    return this.#byType.get(type) ?? 0
  }

  add(type: string | undefined): void {
    if (type !== undefined) this.#byType.set(type, this.of(type) + 1)
  }

  haveReached(milestone: Milestone | undefined): boolean {
    return milestone === undefined || this.of(milestone.type) >= milestone.count
  }
}
