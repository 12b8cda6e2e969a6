import { setImmediate } from 'node:timers'
import { setImmediate as turn } from 'node:timers/promises'
import type { WebSocketHandlerConnection } from 'msw'
import { BROKEN, NO_CODE, NOT_RECORDED, type SocketEnd, type SocketListener } from '../../http/web-socket.ts'
import type { Answerer } from '../../engine/exchange/answerer.ts'
import { connectTo } from '../fetch/web.ts'
import { bypassInterceptors } from './engine-patches/bypass-interceptors.ts'
import { headersOf, readData, textOf } from './played-web-socket.ts'

type MswClient = WebSocketHandlerConnection['client']

/**
 * Answers a WebSocket that MSW has intercepted. MSW opens it in any case, so that a refused handshake becomes an
 * error event followed by a close.
 */
export function playToClient(answerer: Answerer, client: MswClient, options: unknown): void {
  // MSW opens the client's side in this turn of the event loop, and loses what is sent before.
  const listening = Promise.all([opened(answerer, client, options), turn()]).then(([listen]) => listen())
  // Keeps frames in order, though reading a Blob takes time.
  let before: Promise<unknown> = listening
  client.addEventListener('message', ({ data }) => {
    before = before.then(async () => (await listening).onMessage(await readData(data)))
  })
  client.addEventListener('close', ({ code, reason }) => {
    before = before.then(async () => (await listening).onClose(code, reason))
  })
}

async function opened(
  answerer: Answerer,
  client: MswClient,
  options: unknown,
): Promise<() => SocketListener> {
  try {
    const opening = await bypassInterceptors(() => connectTo(answerer, client.url, headersOf(options)))
    if (opening.kind === 'open') return () => opening.attach(endOf(client))
    const errorBody = await textOf(opening.response.body)
    return () => refuse(client, errorBody)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const errorBody = JSON.stringify({ error: { type: 'openai_vcr_error', code: 'not_connected', message } })
    return () => refuse(client, errorBody)
  }
}

/** @param errorBody the body of the response that refused the handshake, a JSON object */
function refuse(client: MswClient, errorBody: string): SocketListener {
  const end = endOf(client)
  end.send(errorBody.replace(/^\{/, '{"type":"error",'))
  end.close(NOT_RECORDED, 'the handshake was refused: the reason is in the error event before this')
  return { onMessage: () => {}, onClose: () => {} }
}

function endOf(client: MswClient): SocketEnd {
  // Closing at once would lose the frames that were sent just before.
  const close = (code: number, reason?: string): void => void setImmediate(() => client.close(code, reason))
  return {
    send: (data) => client.send(typeof data === 'string' ? data : new Uint8Array(data)),
    close: (code = NO_CODE, reason) => close(code, reason),
    terminate: () => close(BROKEN),
  }
}
