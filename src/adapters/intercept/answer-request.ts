import { ConnectionError, UsageError } from '../../messages/errors.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { toWebResponse } from '../fetch/web.ts'
import { errorResponse } from '../error-response.ts'
import { bypassInterceptors } from './engine-patches/bypass-interceptors.ts'
import { isWebSocket, refuseWebSocket } from './web-sockets.ts'

/** What takes a web Request and answers it: a cassette, or a part of one. */
export type InterceptAnswerer = Pick<Vcr, 'handle' | 'connect'> & Partial<Pick<Vcr, 'mode'>>

/** Whether it is none of ours although its host is: a WebSocket to the real API. */
export function isLeftAlone(answerer: InterceptAnswerer, request: Request): boolean {
  return answerer.mode === 'live' && isWebSocket(request)
}

/**
 * Answers a request that was intercepted.
 * @throws ConnectionError when its connection is to break
 */
export async function answerRequest(answerer: InterceptAnswerer, request: Request): Promise<Response> {
  if (isWebSocket(request)) return refuseWebSocket(request)
  const response = await bypassInterceptors(() => handle(answerer, request)).catch((error: unknown) => {
    // The client has left: nobody hears this, and MSW would print an error.
    if (request.signal.aborted) return Response.error()
    if (error instanceof TypeError && error.cause instanceof ConnectionError) throw error.cause
    return toWebResponse(errorResponse(error))
  })
  // Without this header a stream that breaks looks to the client like one that ended.
  if (response.body !== null && !response.headers.has('content-length'))
    response.headers.set('transfer-encoding', 'chunked')
  return response
}

async function handle(answerer: InterceptAnswerer, request: Request): Promise<Response> {
  if (!request.bodyUsed) return answerer.handle(request)
  throw new UsageError(
    "the request's body was read before openai-vcr could: a handler before it that leaves the request to others must read request.clone()",
  )
}
