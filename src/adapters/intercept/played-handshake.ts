import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { decodeText } from '../../http/bytes.ts'
import { CassetteError, UsageError } from '../../messages/errors.ts'
import type { HttpResponse } from '../../http/message.ts'
import { isJsonObject, parseJson } from '../../json/json.ts'
import type { Opening } from '../../http/web-socket.ts'
import type { Answerer } from '../../engine/exchange/answerer.ts'
import { connectTo } from '../fetch/web.ts'
import type { Connection } from './engine-patches/connections.ts'
import { errorResponse } from '../error-response.ts'
import type { RequestEvent } from './engine-patches/first-listener.ts'
import { bypassInterceptors } from './engine-patches/bypass-interceptors.ts'
import { ServerSideSocket } from './server-side-socket.ts'

/**
 * Answers a WebSocket of a package such as ws or undici, on the connection on which its handshake was sent.
 * Writes what a server would: the response, and the frames after it.
 */
export async function playHandshake(
  answerer: Answerer,
  { request, controller }: RequestEvent,
  connection: Connection,
): Promise<void> {
  connection.controller.claim()
  const socket = new ServerSideSocket(connection.socket)
  // Without a reason, this only marks the request as handled.
  controller.errorWith()
  const { url } = request
  const headers = [...request.headers]
  const req = new IncomingMessage(socket as unknown as Socket)
  Object.assign(req, { method: 'GET', url, headers: Object.fromEntries(headers) })
  const open = async (signal: AbortSignal): Promise<Opening> => {
    const opening = await bypassInterceptors(() => connectTo(answerer, new URL(url), headers, signal))
    if (opening.kind === 'refused') warnOfMiss(opening.response)
    return opening
  }
  // Loaded late, as most processes open no WebSocket.
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

/** Warns if the refusal is ours; a refusal by the upstream is an ordinary answer. */
function warnOfMiss({ body }: HttpResponse): void {
  const json = ArrayBuffer.isView(body) ? parseJson(decodeText(body) ?? '') : undefined
  const error = isJsonObject(json) ? json['error'] : undefined
  if (isJsonObject(error) && error['type'] === 'openai_vcr_error') warn(String(error['message']))
}

/** ws reports only the status of a response that refuses a handshake, so the message is a warning. */
function warn(message: string): void {
  process.emitWarning(message, 'OpenaiVcrWarning')
}
