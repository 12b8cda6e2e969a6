import * as msw from 'msw'
import { http, type HttpHandler, passthrough, type WebSocketHandler, ws } from 'msw'
import { ConnectionError } from '../../messages/errors.ts'
import type { Answerer, OpenCassette } from '../../engine/exchange/answerer.ts'
import { answererOf } from '../answerer-of.ts'
import { isOwnTraffic } from '../own-traffic.ts'
import { answerRequest, isLeftAlone } from './answer-request.ts'
import { flushHead, withCancellableTee } from './engine-patches/response-bodies.ts'
import { hostsOf } from './hosts.ts'
import type { InterceptOptions } from './intercept.ts'
import { keepMockedSessionsOut } from './engine-patches/mocked-sessions.ts'
import { playToClient } from './msw-web-socket.ts'

export { intercept, type Interception, type InterceptOptions } from './intercept.ts'

/**
 * The cassette as handlers for your own `setupServer`, beside your other handlers. As always
 * with MSW, the first handler that matches answers.
 * @example const server = setupServer(...cassetteHandlers(vcr), ...myHandlers)
 */
export function cassetteHandlers(
  vcr: OpenCassette,
  options: InterceptOptions = {},
): (HttpHandler | WebSocketHandler)[] {
  keepMockedSessionsOut()
  const hosts = hostsOf(vcr, options)
  const answerer = answererOf(vcr)
  const requests = http.all(
    ({ request }) => hosts.has(new URL(request.url).host) && !isLeftAlone(answerer, request),
    async ({ request }) => (isOwnTraffic() ? passthrough() : answer(answerer, request)),
  )
  return answerer.mode === 'live' ? [requests] : [requests, webSockets(answerer, hosts)]
}

async function answer(answerer: Answerer, request: Request): Promise<Response> {
  try {
    return prepare(await answerRequest(answerer, request))
  } catch (error) {
    if (error instanceof ConnectionError) return Response.error()
    throw error
  }
}

/** MSW 2 passes the response to `fetch` as it is; MSW 3 writes head and body to a socket, so the head must be flushed. */
const prepare =
  'SetupApi' in msw ? withCancellableTee : (response: Response) => withCancellableTee(flushHead(response))

/** By their hosts. Shared, because every link keeps a listener for other threads as long as the process runs. */
const links = new Map<string, ReturnType<typeof ws.link>>()

/** Handles the global WebSocket, which MSW keeps apart from requests. */
function webSockets(answerer: Answerer, hosts: ReadonlySet<string>): WebSocketHandler {
  const names = [...hosts].map((host) => host.replaceAll(/[.[\]]/g, String.raw`\$&`)).join('|')
  const link = links.get(names) ?? ws.link(new RegExp(`^wss?://(?:${names})(?:[/?]|$)`))
  links.set(names, link)
  return link.addEventListener(
    'connection',
    ({ client, info }) => void playToClient(answerer, client, info.protocols),
  )
}
