import { setImmediate } from 'node:timers'
import { readWhole } from '../../http/body.ts'
import type { Headers as Pairs, HttpResponse } from '../../http/message.ts'
import {
  BROKEN,
  NO_CODE,
  type Opening,
  type SocketData,
  type SocketEnd,
  type SocketListener,
} from '../../http/web-socket.ts'

/** Answers a handshake to this URL. */
export type ConnectToUrl = (url: URL, headers: Pairs, signal: AbortSignal) => Promise<Opening>

type EventHandler = ((event: Event) => void) | null

const HANDLERS = ['open', 'message', 'error', 'close'] as const

/** A WebSocket with the web's interface that a cassette answers. By itself it opens no connection. */
export class PlayedWebSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readonly url: string
  readonly extensions = ''
  readonly bufferedAmount = 0
  binaryType: 'blob' | 'arraybuffer' = 'blob'
  onopen: EventHandler = null
  onmessage: EventHandler = null
  onerror: EventHandler = null
  onclose: EventHandler = null
  #readyState: 0 | 1 | 2 | 3 = 0
  #protocol = ''
  #listener: SocketListener | undefined
  /** Aborts when the WebSocket is closed before it is open. */
  readonly #left = new AbortController()
  /** Keeps frames in order, though reading a Blob takes time. */
  #sent: Promise<void> = Promise.resolve()

  /** @param options the subprotocols, or an object that may have headers, as Node's own class takes it */
  constructor(url: string | URL, options: unknown, connect: ConnectToUrl) {
    super()
    const target = new URL(url)
    this.url = target.href
    for (const type of HANDLERS) this.addEventListener(type, (event) => this[`on${type}`]?.(event))
    void this.#connect(target, headersOf(options), connect)
  }

  get readyState(): number {
    return this.#readyState
  }

  get protocol(): string {
    return this.#protocol
  }

  send(data: string | Blob | ArrayBuffer | ArrayBufferView): void {
    if (this.#readyState === this.CONNECTING)
      throw new DOMException('the WebSocket is still connecting', 'InvalidStateError')
    if (this.#readyState !== this.OPEN) return
    const listener = this.#listener
    this.#sent = this.#sent.then(async () => listener?.onMessage(await readData(data)))
  }

  close(code?: number, reason = ''): void {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999))
      throw new DOMException(
        `the close code must be 1000, or from 3000 to 4999, not ${code}`,
        'InvalidAccessError',
      )
    if (this.#readyState >= this.CLOSING) return
    const wasOpen = this.#readyState === this.OPEN
    this.#readyState = this.CLOSING
    if (!wasOpen) this.#left.abort()
    void this.#sent.then(() => this.#end(wasOpen ? (code ?? NO_CODE) : BROKEN, reason))
  }

  async #connect(url: URL, headers: Pairs, connect: ConnectToUrl): Promise<void> {
    try {
      const opening = await connect(url, headers, this.#left.signal)
      if (opening.kind === 'refused') this.#fail(await textOf(opening.response.body))
      else if (this.#readyState === this.CONNECTING) this.#open(opening)
      else opening.attach(NOBODY).onClose(BROKEN, '')
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error))
    }
  }

  #open(opening: Extract<Opening, { kind: 'open' }>): void {
    later(() => {
      if (this.#readyState !== this.CONNECTING) return opening.attach(NOBODY).onClose(BROKEN, '')
      this.#readyState = this.OPEN
      this.#protocol = opening.protocol ?? ''
      // Before the event, as its listeners may send at once.
      this.#listener = opening.attach(this.#asEnd)
      this.dispatchEvent(new Event('open'))
    })
  }

  readonly #asEnd: SocketEnd = {
    send: (data) =>
      later(() => {
        if (this.#readyState === this.OPEN)
          this.dispatchEvent(new MessageEvent('message', { data: this.#eventData(data) }))
      }),
    close: (code = NO_CODE, reason = '') => this.#end(code, reason),
    terminate: () => this.#fail('the connection broke'),
  }

  #eventData(data: SocketData): string | Blob | ArrayBuffer {
    if (typeof data === 'string') return data
    const bytes = new Uint8Array(data)
    return this.binaryType === 'arraybuffer' ? bytes.buffer : new Blob([bytes])
  }

  #fail(message: string): void {
    this.#end(BROKEN, '', message)
  }

  /** @param error the message of the error event before `close`, if the connection failed */
  #end(code: number, reason: string, error?: string): void {
    const close = (): void => {
      this.dispatchEvent(Object.assign(new Event('close'), { code, reason, wasClean: code !== BROKEN }))
    }
    later(() => {
      if (this.#readyState === this.CLOSED) return
      this.#readyState = this.CLOSED
      this.#listener?.onClose(code, reason)
      if (error === undefined) return close()
      this.dispatchEvent(Object.assign(new Event('error'), { message: error, error: new Error(error) }))
      later(close)
    })
  }
}

/** Every event has a turn of its own, as from the network: code that awaits one can listen for the next in time. */
function later(dispatch: () => void): void {
  setImmediate(dispatch)
}

/** Stands for a client that left before the WebSocket was open. */
const NOBODY: SocketEnd = { send: () => {}, close: () => {}, terminate: () => {} }

/** @param options the second argument of Node's WebSocket */
export function headersOf(options: unknown): Pairs {
  const isList = typeof options === 'string' || Array.isArray(options)
  const { protocols, headers } = (isList ? { protocols: options } : (options ?? {})) as {
    protocols?: string | string[]
    headers?: ConstructorParameters<typeof Headers>[0]
  }
  const offered = [protocols ?? []].flat().join(', ')
  return [
    ...new Headers(headers ?? {}),
    ...(offered === '' ? [] : [['sec-websocket-protocol', offered] as const]),
  ]
}

/** What a client sends, as the engine takes it. */
export async function readData(data: unknown): Promise<SocketData> {
  if (data instanceof Blob) return new Uint8Array(await data.arrayBuffer())
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  return data instanceof ArrayBuffer ? new Uint8Array(data.slice(0)) : String(data)
}

/** A response body as text. */
export async function textOf(body: HttpResponse['body']): Promise<string> {
  return Buffer.from(await readWhole(body)).toString()
}
