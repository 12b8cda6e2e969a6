const LF = 10
const CR = 13

/**
 * Splits a stream of server-sent events into single events. An event may span several packets. It ends
 * with a blank line (LF, CRLF or CR). `rest` holds the bytes after the last complete event.
 */
export class EventSplitter {
  /** Grows by doubling, so that a long event is not copied again with each of its packets. */
  #buffer: Uint8Array = new Uint8Array(1024)
  #length = 0
  /** No event ends before this index. */
  #searched = 0

  push(packet: Uint8Array): Uint8Array[] {
    this.#append(packet)
    const pending = this.rest
    const events: Uint8Array[] = []
    let from = 0
    for (;;) {
      const end = eventEnd(pending, Math.max(from, this.#searched))
      if (end < 0) break
      events.push(pending.slice(from, end))
      from = end
    }
    if (from > 0) this.#buffer.copyWithin(0, from, this.#length)
    this.#length -= from
    this.#searched = Math.max(0, this.#length - 3)
    return events
  }

  get rest(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  #append(packet: Uint8Array): void {
    const length = this.#length + packet.length
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, this.#buffer.length * 2))
      larger.set(this.rest)
      this.#buffer = larger
    }
    this.#buffer.set(packet, this.#length)
    this.#length = length
  }
}

/** Position after the first blank line at or after `from`, or -1. A trailing CR waits for its LF. */
function eventEnd(bytes: Uint8Array, from: number): number {
  for (let i = from; i < bytes.length; i++) {
    const first = lineEnd(bytes, i)
    if (first === 0) continue
    const second = lineEnd(bytes, i + first)
    if (second > 0) return i + first + second
    i += first - 1
  }
  return -1
}

/** Length of the line ending at `at`: 0 if there is none, or if it is a CR whose next byte has not arrived yet. */
function lineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LF) return 1
  if (bytes[at] !== CR || at + 1 >= bytes.length) return 0
  return bytes[at + 1] === LF ? 2 : 1
}

/** Reads an event's name and data. Lines of data are joined by LF. An event that is only a comment has no data. */
export function readEvent(raw: string): { name?: string; data?: string } {
  let name: string | undefined
  const data: string[] = []
  for (const line of raw.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') name = value
    else if (field === 'data') data.push(value)
  }
  return { ...(name === undefined ? {} : { name }), ...(data.length === 0 ? {} : { data: data.join('\n') }) }
}

export function isEventStream(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*text\/event-stream\b/i.test(contentType)
}
