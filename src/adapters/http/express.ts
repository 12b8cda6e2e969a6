import type { IncomingMessage, ServerResponse } from 'node:http'
import { UsageError } from '../../messages/errors.ts'
import { splitTarget } from '../../http/message.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { checkCassette } from '../check-cassette.ts'
import { answerFault } from '../failure.ts'
import { answer, write } from './node.ts'
import { asksOfServer, targetOf } from './target.ts'
import { asksForWebSocket } from './upgrade.ts'

export { cassetteUpgrade, type UpgradeListener, type UpgradeOptions } from './upgrade.ts'

/** What Express, and every framework in its manner, takes as a router, and node:http as a listener. */
export type Handler = (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void) => void

/**
 * A cassette as a router of an Express app, or as all that a server of node:http does. In
 * an app, mount it where the API should be; no body parser may stand before it.
 * @param vcr what `openCassette` gave
 * @throws UsageError for anything else, a promise of it above all
 * @example app.use('/openai', cassetteRouter(vcr)) // baseURL: http://localhost:3000/openai/v1
 * @example createServer(cassetteRouter(vcr)) // baseURL: http://localhost:3000/v1
 */
export function cassetteRouter(vcr: Vcr): Handler {
  checkCassette(vcr)
  return (req, res, next) => {
    if (asksOfServer(req)) return void res.writeHead(204).end()
    const answered = asksForWebSocket(req) ? refuseWebSocket(req) : answerFrom(vcr, req, res)
    // Nobody else on a bare server would tell the client what is wrong.
    answered.catch(next ?? ((error: unknown) => write(answerFault(error), req, res)))
  }
}

async function answerFrom(vcr: Vcr, req: IncomingMessage, res: ServerResponse): Promise<void> {
  // Express makes `url` relative to where the router is mounted; slashes and query stay as they were sent.
  const incoming = { arrival: vcr.arrive(), req, res, target: targetOf(req) }
  await answer((...asked) => vcr.exchange(...asked), incoming)
}

/**
 * A server without a listener of upgrades hands them over as plain requests.
 * @param req in Express it says where the router is mounted
 */
async function refuseWebSocket(req: IncomingMessage & { readonly baseUrl?: string }): Promise<never> {
  const { baseUrl = '', url = '/' } = req
  const path = baseUrl === '' ? '' : `, { path: '${baseUrl}' }`
  const message = `cassetteRouter cannot answer a WebSocket, and this server has nobody who can: add server.on('upgrade', cassetteUpgrade(vcr${path})), from openai-vcr/express. Nothing was sent or recorded`
  // What its client gets to see is often no more than that it failed.
  process.emitWarning(`${message}: ${baseUrl}${splitTarget(url).path}`, 'OpenaiVcrWarning')
  throw new UsageError(message)
}
