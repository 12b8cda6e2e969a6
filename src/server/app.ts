import express, { type Express } from 'express'
import { answer } from '../adapters/node.ts'
import { CassetteError, UsageError } from '../core/errors.ts'
import type { Dialect } from '../core/dialect.ts'
import type { HttpResponse } from '../core/http.ts'
import { readAddress } from './addresses.ts'
import type { Sources } from './sources.ts'

/** The server's addresses as an Express app. */
export function createApp(sources: Sources, dialect: Dialect, redact: (text: string) => string): Express {
  const app = express()
  app.disable('x-powered-by')
  app.get('/_vcr/health', (_req, res) => {
    res.json({ status: 'ok' })
  })
  app.use('/_vcr', (req, res) => {
    send(
      res,
      dialect.error(
        404,
        'unknown_address',
        `there is nothing at ${redact(req.originalUrl)}; /_vcr/health is`,
      ),
    )
  })
  app.use(async (req, res) => {
    const arrival = sources.arrive()
    const names = { session: one(req.headers['x-vcr-session']), cassette: one(req.headers['x-vcr-cassette']) }
    const address = readAddress(req.url, names, (name) => sources.exists(name))
    const session = await sources.session(address.session, address.cassette)
    await answer((...asked) => session.handle(...asked), { arrival, req, res, target: address.target })
  })
  app.use(((error: unknown, _req, res, _next) => {
    if (res.headersSent) return void res.destroy()
    // The caller named a cassette that cannot be used, or the server has a fault of its own.
    const [status, code] =
      error instanceof UsageError
        ? [400, 'invalid_address']
        : [500, error instanceof CassetteError ? 'invalid_cassette' : 'internal_error']
    send(
      res,
      dialect.error(
        status as number,
        code as string,
        redact(error instanceof Error ? error.message : String(error)),
      ),
    )
  }) satisfies express.ErrorRequestHandler)
  return app
}

function send(res: express.Response, { status, headers, body }: HttpResponse): void {
  res.writeHead(status, headers.flat()).end(body)
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
