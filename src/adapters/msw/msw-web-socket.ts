import { setImmediate } from 'node:timers'
import { setImmediate as turn } from 'node:timers/promises'
import type { WebSocketHandlerConnection } from 'msw'
import { BROKEN, NO_CODE, NOT_RECORDED, type SocketEnd, type SocketListener } from '../../http/web-socket.ts'
import type { SocketAnswerer } from '../intercept/global-web-socket.ts'
import { bypassInterceptors } from '../intercept/engine-patches/bypass-interceptors.ts'
import { headersOf, readData, textOf } from '../intercept/played-web-socket.ts'

type Client = WebSocketHandlerConnection['client']

/**
 * Answers a WebSocket that MSW has taken. MSW opens it whatever happens: a handshake that is
 * refused becomes an error event and a close.
 */
export function playToClient(answerer: SocketAnswerer, client: Client, options: unknown): void {
  // MSW opens the client's side in this turn of the event loop, and what is said before is lost.
  const listening = Promise.all([begun(answerer, client, options), turn()]).then(([listen]) => listen())
  // In order, though a Blob takes its time to be read.
  let before: Promise<unknown> = listening
  client.addEventListener('message', ({ data }) => {
    before = before.then(async () => (await listening).onMessage(await readData(data)))
  })
  client.addEventListener('close', ({ code, reason }) => {
    before = before.then(async () => (await listening).onClose(code, reason))
  })
}

async function begun(
  answerer: SocketAnswerer,
  client: Client,
  options: unknown,
): Promise<() => SocketListener> {
  try {
    const opening = await bypassInterceptors(() => answerer.connect(client.url, headersOf(options)))
    if (opening.kind === 'open') return () => opening.attach(endOf(client))
    const said = await textOf(opening.response.body)
    return () => refuse(client, said)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const said = JSON.stringify({ error: { type: 'openai_vcr_error', code: 'not_connected', message } })
    return () => refuse(client, said)
  }
}

/** @param said the body of the answer that refused it */
function refuse(client: Client, said: string): SocketListener {
  const end = endOf(client)
  end.send(said.replace(/^\{/, '{"type":"error",'))
  end.close(NOT_RECORDED, 'the handshake was refused: the error event before this says why')
  return { onMessage: () => {}, onClose: () => {} }
}

function endOf(client: Client): SocketEnd {
  // What is closed at once loses what was said just before.
  const close = (code: number, reason?: string): void => void setImmediate(() => client.close(code, reason))
  return {
    send: (data) => client.send(typeof data === 'string' ? data : new Uint8Array(data)),
    close: (code = NO_CODE, reason) => close(code, reason),
    terminate: () => close(BROKEN),
  }
}
