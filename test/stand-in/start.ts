import { randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Asked, readAsked, readBody } from './asked.ts'
import { ApiError, refuseKey } from './errors.ts'
import { FreshIds } from './fresh-ids.ts'
import { refuseOnce } from './limits.ts'
import { answer } from './routes.ts'
import { send, sendError } from './send.ts'
import { answerSocket } from './sockets.ts'
import { type Switches, underSwitches } from './switches.ts'
import { newWorld, type World } from './world.ts'

export interface StandIn {
  /** `http://127.0.0.1:8080`, to which `/v1` is appended. */
  readonly url: string
  /** What it was asked, in order. */
  readonly requests: readonly StandInRequest[]
  close(): Promise<void>
}

export interface StandInRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

/**
 * Starts a server that answers as the OpenAI API does. An equal request gets an equal
 * answer, in this process and in any other; only what the API itself would remember
 * (files, batches, a rate limit) depends on what was asked before.
 * @param switches in what it differs from that
 */
export async function startStandIn(switches: Switches = {}): Promise<StandIn> {
  const requests: StandInRequest[] = []
  const fresh = switches.fresh ? new FreshIds() : undefined
  const world = newWorld()
  const server = createServer((req, res) => {
    requests.push({ method: req.method ?? '', path: req.url ?? '', headers: req.headers })
    underSwitches(switches, () => handle(req, res, world, fresh)).catch((error: unknown) =>
      res.destroy(error instanceof Error ? error : undefined),
    )
  })
  const sockets = new Set<Duplex>()
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push({ method: 'GET', path: req.url ?? '', headers: req.headers })
    sockets.add(socket)
    underSwitches(switches, () => answerSocket(req, socket, head, { world, fresh }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
      for (const socket of sockets) socket.destroy()
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close }
}

async function handle(
  req: IncomingMessage,
  res: ServerResponse,
  world: World,
  fresh: FreshIds | undefined,
): Promise<void> {
  const came = await readBody(req)
  const raw = `${req.url ?? ''}\n${came}`
  const asked = await readAsked(req, fresh?.inward(raw) ?? raw)
  // Headers are new with every answer.
  const heading = fresh === undefined ? asked : { ...asked, seed: randomUUID() }
  const refused = refuseKey(asked.headers.authorization) ?? refuseOnce(asked, world)
  if (refused !== undefined) return sendError(res, heading, refused)
  try {
    if (asked.method === 'POST') fresh?.refuseUnknown(came)
    const made = await answer(asked, world)
    await send(res, heading, fresh?.answer(made, raw, isMadeAnew(asked)) ?? made)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    sendError(res, heading, error)
  }
}

/** What is answered at these is no thing that is kept, or a new one each time. */
function isMadeAnew({ method, path }: Asked): boolean {
  return (
    method === 'POST' &&
    /^\/v1\/(?:chat\/completions|responses|files|vector_stores|threads|assistants)$/.test(path)
  )
}
