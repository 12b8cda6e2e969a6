import type { IncomingMessage, ServerResponse } from 'node:http'
import { UsageError } from '../../messages/errors.ts'
import { splitTarget } from '../../http/message.ts'
import type { OpenCassette } from '../../engine/exchange/answerer.ts'
import { answererOf } from '../answerer-of.ts'
import { errorResponse } from '../error-response.ts'
import { answer, isOptionsStar, requestTarget, write } from './node.ts'
import { isWebSocketUpgrade } from './upgrade.ts'

export { cassetteUpgrade, type UpgradeListener, type UpgradeOptions } from './upgrade.ts'

/** A router for Express and frameworks like it, and a request listener for node:http. */
export type Handler = (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void) => void

/**
 * Serves a cassette as a router of an Express app, or as the only listener of a node:http server.
 * In an app, mount it where the API should be, before any body parser.
 * @param vcr an open cassette, from `openCassette`
 * @throws UsageError for anything else, such as a promise of one
 * @example app.use('/openai', cassetteRouter(vcr)) // baseURL: http://localhost:3000/openai/v1
 * @example createServer(cassetteRouter(vcr)) // baseURL: http://localhost:3000/v1
 */
export function cassetteRouter(vcr: OpenCassette): Handler {
  const answerer = answererOf(vcr)
  return (req, res, next) => {
    if (isOptionsStar(req)) return void res.writeHead(204).end()
    // A bare server has no error handler to send the client a message.
    const fail = next ?? ((error: unknown) => void write(errorResponse(error), req, res))
    if (isWebSocketUpgrade(req)) return fail(cannotUpgrade(req))
    // Express makes `url` relative to the mount point and leaves slashes and query as they were sent.
    const exchange = { arrival: answerer.arrive(), req, res, target: requestTarget(req) }
    answer(
      (...args) => answerer.handle(...args),
      exchange,
      (error) => {
        if (error !== undefined) fail(error)
      },
    )
  }
}

/**
 * Without an `upgrade` listener, node:http passes WebSocket handshakes on as plain requests.
 * @param req in Express, `baseUrl` is where the router is mounted
 */
function cannotUpgrade(req: IncomingMessage & { readonly baseUrl?: string }): UsageError {
  const { baseUrl = '', url = '/' } = req
  const path = baseUrl === '' ? '' : `, { path: '${baseUrl}' }`
  const message = `cassetteRouter cannot answer a WebSocket, and this server has no upgrade listener that can: add server.on('upgrade', cassetteUpgrade(vcr${path})), from openai-vcr/express. Nothing was sent or recorded`
  // WebSocket clients often report no more than that the connection failed.
  process.emitWarning(`${message}: ${baseUrl}${splitTarget(url).path}`, 'OpenaiVcrWarning')
  return new UsageError(message)
}
