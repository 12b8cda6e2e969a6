import { STATUS_CODES } from 'node:http'
import { iteratorOf } from '../../http/body.ts'
import type { Answerer } from '../../engine/exchange/answerer.ts'
import { clientOf } from '../../engine/exchange/exchange.ts'
import type { Headers, HttpResponse, IncomingRequest } from '../../http/message.ts'
import type { Opening } from '../../http/web-socket.ts'
import { webBody } from './web-body.ts'

/** Statuses whose responses have no body, by the fetch standard. */
const NULL_BODY = new Set([101, 103, 204, 205, 304])

/** A web Request as the engine takes it, with a target relative to `base`. */
export async function fromWebRequest(request: Request, base: string | undefined): Promise<IncomingRequest> {
  const url = new URL(request.url)
  return {
    method: request.method,
    target: targetRelativeTo(url, base),
    headers: [...request.headers],
    body: await webBody(request.body ?? '').read(request.signal),
    origin: url.origin,
  }
}

/** Answers the handshake of a WebSocket to this URL. */
export async function connectTo(
  answerer: Answerer,
  url: URL,
  headers: Headers,
  signal?: AbortSignal,
): Promise<Opening> {
  const plain = new URL(url.href.replace(/^ws/, 'http'))
  const target = targetRelativeTo(plain, answerer.upstream)
  const request = { method: 'GET', target, origin: plain.origin, headers, body: new Uint8Array(0) }
  return answerer.connect(request, { arrival: answerer.arrive(), client: clientOf(signal) })
}

/** The path and query of a URL. A URL under a base such as `https://openrouter.ai/api` loses the base's path. */
export function targetRelativeTo(url: URL, base: string | undefined): string {
  const target = url.pathname + url.search
  const prefix = base === undefined ? '' : new URL(base).pathname.replace(/\/+$/, '')
  return prefix !== '' &&
    base !== undefined &&
    new URL(base).origin === url.origin &&
    target.startsWith(`${prefix}/`)
    ? target.slice(prefix.length)
    : target
}

/** @param signal the client's: when it aborts, the body fails with its reason and the answer is no longer read */
export function toWebResponse(response: HttpResponse, signal?: AbortSignal): Response {
  const { status, body } = response
  const headers = response.headers.map(([name, value]): [string, string] => [name, value])
  const init = { status, statusText: STATUS_CODES[status] ?? '', headers }
  if (NULL_BODY.has(status)) return new Response(null, init)
  return new Response(
    // Not `instanceof`: jsdom has a Uint8Array of its own.
    ArrayBuffer.isView(body) ? (body as Uint8Array<ArrayBuffer>) : stream(body, signal),
    init,
  )
}

function stream(
  body: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  const iterator = iteratorOf(body)
  let fail: (() => void) | undefined
  const leave = async (): Promise<void> => {
    if (fail !== undefined) signal?.removeEventListener('abort', fail)
    await iterator.return?.()
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        fail = () => {
          controller.error(signal?.reason)
          void iterator.return?.()
        }
        signal?.addEventListener('abort', fail, { once: true })
      },
      async pull(controller) {
        const next = await nextOf(iterator)
        if (signal?.aborted) return
        if (!next.done) return controller.enqueue(next.value)
        controller.close()
        await leave()
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  )
}

/** Reports a body that breaks off as fetch does. */
async function nextOf(
  iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array>,
): Promise<IteratorResult<Uint8Array>> {
  try {
    return await iterator.next()
  } catch (cause) {
    throw new TypeError('terminated', { cause })
  }
}
