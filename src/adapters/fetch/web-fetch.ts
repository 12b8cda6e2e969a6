import { ConnectionError } from '../../messages/errors.ts'
import type { HttpResponse, IncomingRequest } from '../../http/message.ts'
import type { Answerer } from '../../engine/exchange/answerer.ts'
import { clientOf } from '../../engine/exchange/exchange.ts'
import { failed, redirected } from './redirect.ts'
import { targetRelativeTo, toWebResponse } from './web.ts'
import { isForm, type WebBody, webBody } from './web-body.ts'
import { readFetch, type WebRequest } from './web-request.ts'

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** A fetch function whose requests `answerer` answers, with redirects, aborts and errors as in the fetch standard. */
export function fetchFrom(answerer: Answerer): Fetch {
  return async (input, init) => {
    let request = readFetch(input, init)
    if (!/^https?:$/.test(request.url.protocol)) return withForms(await fetch(input, init))
    for (let count = 0; ; count++) {
      const answer = await answerOnce(answerer, request)
      const next = redirected(request, answer, count)
      if (next === undefined) return located(toWebResponse(answer, request.signal), request.url, count > 0)
      request = next
    }
  }
}

/**
 * Before an upload, OpenAI's client fetches `data:,` and checks with the class of the response
 * whether this fetch supports forms. It does, those of other realms included.
 */
function withForms({ body, status, headers }: Response): Response {
  return new FormResponse(body, { status, headers })
}

class FormResponse extends Response {
  constructor(body: unknown, init?: ResponseInit) {
    super(isForm(body) ? streamOf(webBody(body)) : (body as ReadableStream | null), init)
  }
}

function streamOf(body: WebBody): ReadableStream<Uint8Array> {
  return ReadableStream.from(piecesOf(body))
}

async function* piecesOf(body: WebBody): AsyncGenerator<Uint8Array> {
  const read = await body.read(undefined)
  if (ArrayBuffer.isView(read)) yield read
  else yield* read
}

/** Answers one request, and follows no redirect. */
export async function handleBy(answerer: Answerer, request: Request): Promise<Response> {
  const read = readFetch(request)
  return toWebResponse(await answerOnce(answerer, read), read.signal)
}

/** @throws the reason of the request's signal, as soon as it aborts */
async function answerOnce(answerer: Answerer, request: WebRequest): Promise<HttpResponse> {
  const { url, method, headers, signal } = request
  signal?.throwIfAborted()
  const arrival = answerer.arrive()
  const target = targetRelativeTo(url, answerer.upstream)
  const body = await unlessAborted(bodyOf(request), signal)
  const incoming = { method, target, headers, body, origin: url.origin }
  try {
    const answer = answerer.handle(incoming, { arrival, client: clientOf(signal) })
    return answer instanceof Promise ? await unlessAborted(answer, signal) : answer
  } catch (error) {
    throw error instanceof ConnectionError ? failed(error) : error
  }
}

async function bodyOf({ body, signal }: WebRequest): Promise<IncomingRequest['body']> {
  try {
    return (await body?.read(signal)) ?? new Uint8Array(0)
  } catch (error) {
    throw failed(error)
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Sets what a Response that was not fetched lacks: its URL, and whether it was redirected. */
function located(response: Response, url: URL, isRedirected: boolean): Response {
  return Object.defineProperties(response, {
    url: { value: url.href.replace(/#.*/s, '') },
    redirected: { value: isRedirected },
  })
}
