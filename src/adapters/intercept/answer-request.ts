import { ConnectionError, UsageError } from '../../messages/errors.ts'
import type { Answerer } from '../../engine/exchange/answerer.ts'
import { toWebResponse } from '../fetch/web.ts'
import { handleBy } from '../fetch/web-fetch.ts'
import { errorResponse } from '../error-response.ts'
import { bypassInterceptors } from './engine-patches/bypass-interceptors.ts'
import { isWebSocket, refuseWebSocket } from './web-sockets.ts'

/** Whether a request to one of our hosts is left alone all the same: in the mode live, WebSockets go to the real API. */
export function isLeftAlone(answerer: Answerer, request: Request): boolean {
  return answerer.mode === 'live' && isWebSocket(request)
}

/**
 * Answers an intercepted request.
 * @throws ConnectionError when the client's connection should break
 */
export async function answerRequest(answerer: Answerer, request: Request): Promise<Response> {
  if (isWebSocket(request)) return refuseWebSocket(request)
  const response = await bypassInterceptors(() => handle(answerer, request)).catch((error: unknown) => {
    // The client has left and receives nothing; if this threw, MSW would print an error.
    if (request.signal.aborted) return Response.error()
    if (error instanceof TypeError && error.cause instanceof ConnectionError) throw error.cause
    return toWebResponse(errorResponse(error))
  })
  // Without this header, clients take a stream that breaks for one that ended.
  if (response.body !== null && !response.headers.has('content-length'))
    response.headers.set('transfer-encoding', 'chunked')
  return response
}

async function handle(answerer: Answerer, request: Request): Promise<Response> {
  if (!request.bodyUsed) return handleBy(answerer, request)
  throw new UsageError(
    "the request's body was read before openai-vcr could read it: an earlier handler that passes a request on must read request.clone()",
  )
}
