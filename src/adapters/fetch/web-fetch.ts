import { ConnectionError } from '../../messages/errors.ts'
import type { HttpResponse, IncomingRequest } from '../../http/message.ts'
import type { Arrival } from '../../engine/arrival.ts'
import { failed, redirected } from './redirect.ts'
import { targetRelativeTo, toWebResponse } from './web.ts'
import { isForm, type WebBody, webBody } from './web-body.ts'
import { readFetch, type WebRequest } from './web-request.ts'

/** What answers for fetch. */
export interface FetchAnswerer {
  /** Takes a request's place, before its body is read. */
  arrive(): Arrival
  exchange(request: IncomingRequest, arrival: Arrival, signal: AbortSignal | undefined): Promise<HttpResponse>
  /** The upstream that was chosen. */
  readonly upstream: string | undefined
}

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** A fetch whose requests another answers: redirects, aborts and errors as the fetch standard has them. */
export function fetchFrom(answerer: FetchAnswerer): Fetch {
  return async (input, init) => {
    let asked = readFetch(input, init)
    if (!/^https?:$/.test(asked.url.protocol)) return passOn(await fetch(input, init))
    for (let count = 0; ; count++) {
      const answer = await answerOnce(answerer, asked)
      const next = redirected(asked, answer, count)
      if (next === undefined) return located(toWebResponse(answer, asked.signal), asked.url, count > 0)
      asked = next
    }
  }
}

/**
 * OpenAI's client fetches `data:,` before an upload, and tries on what comes back whether
 * this fetch can send forms. It can, those of other realms too.
 */
function passOn({ body, status, headers }: Response): Response {
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

/** One request and its answer, whatever it is: no redirect is followed. */
export async function handleBy(answerer: FetchAnswerer, request: Request): Promise<Response> {
  const asked = readFetch(request)
  return toWebResponse(await answerOnce(answerer, asked), asked.signal)
}

/** An abort rejects with the signal's reason at any time. */
async function answerOnce(answerer: FetchAnswerer, asked: WebRequest): Promise<HttpResponse> {
  const { url, method, headers, signal } = asked
  signal?.throwIfAborted()
  const arrival = answerer.arrive()
  const target = targetRelativeTo(url, answerer.upstream)
  const body = await unlessAborted(bodyOf(asked), signal)
  const answered = answerer.exchange({ method, target, headers, body, origin: url.origin }, arrival, signal)
  return unlessAborted(answered, signal).catch((error: unknown) => {
    throw error instanceof ConnectionError ? failed(error) : error
  })
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

/** A Response that was not fetched does not know where it is from. */
function located(response: Response, url: URL, isRedirected: boolean): Response {
  return Object.defineProperties(response, {
    url: { value: url.href.replace(/#.*/s, '') },
    redirected: { value: isRedirected },
  })
}
