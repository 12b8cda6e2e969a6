import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { decodeText } from '../../http/bytes.ts'
import { CassetteError, UsageError } from '../../messages/errors.ts'
import type { HttpResponse } from '../../http/message.ts'
import { isJsonObject, parseJson } from '../../json/json.ts'
import type { Opening } from '../../http/web-socket.ts'
import type { InterceptAnswerer } from './answer-request.ts'
import type { Connection } from './engine-patches/connections.ts'
import { errorResponse } from '../error-response.ts'
import type { RequestEvent } from './engine-patches/first-listener.ts'
import { bypassInterceptors } from './engine-patches/bypass-interceptors.ts'
import { ServerSideSocket } from './server-side-socket.ts'

/**
 * Answers a WebSocket of a package, such as ws or undici, on the connection on which its handshake came:
 * what a server would write there, and all that follows.
 */
export async function playHandshake(
  answerer: InterceptAnswerer,
  { request, controller }: RequestEvent,
  connection: Connection,
): Promise<void> {
  connection.controller.claim()
  const socket = new ServerSideSocket(connection.socket)
  // Without a reason it does no more than to settle the request.
  controller.errorWith()
  const { url } = request
  const headers = [...request.headers]
  const req = new IncomingMessage(socket as unknown as Socket)
  Object.assign(req, { method: 'GET', url, headers: Object.fromEntries(headers) })
  const open = async (signal: AbortSignal): Promise<Opening> => {
    const opening = await bypassInterceptors(() => answerer.connect(new URL(url), headers, signal))
    if (opening.kind === 'refused') warnOfMiss(opening.response)
    return opening
  }
  // Loaded only here: most processes open no WebSocket.
  const { answerHandshake, refuseUpgrade } = await import('../http/ws.ts')
  try {
    await answerHandshake(open, { req, socket, head: Buffer.alloc(0) })
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CassetteError))
      return void socket.destroy(error instanceof Error ? error : new Error(String(error)))
    warn(error.message)
    await refuseUpgrade(socket, errorResponse(error))
  }
}

/** What the upstream refused is no news. */
function warnOfMiss({ body }: HttpResponse): void {
  const said = ArrayBuffer.isView(body) ? parseJson(decodeText(body) ?? '') : undefined
  const error = isJsonObject(said) ? said['error'] : undefined
  if (isJsonObject(error) && error['type'] === 'openai_vcr_error') warn(String(error['message']))
}

/** Of an answer that refuses a handshake ws tells no more than the status. */
function warn(message: string): void {
  process.emitWarning(message, 'OpenaiVcrWarning')
}
