import express, { type Express } from 'express'
import { answer } from '../adapters/node.ts'
import { CassetteError, UsageError } from '../core/errors.ts'
import type { Dialect } from '../core/dialect.ts'
import { readAddress } from './addresses.ts'
import { controlApi } from './control.ts'
import { send } from './send.ts'
import type { Sources } from './sources.ts'

/** The server's addresses as an Express app. */
export function createApp(sources: Sources, dialect: Dialect, redact: (text: string) => string): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use('/_vcr', controlApi(sources, dialect, redact))
  app.use(async (req, res) => {
    const arrival = sources.arrive()
    const names = { session: one(req.headers['x-vcr-session']), cassette: one(req.headers['x-vcr-cassette']) }
    const { session, cassette, target } = readAddress(req.url, names, (name) => sources.exists(name))
    // Under a session's or a cassette's address either: it is the server's own, and never goes upstream.
    if (/^\/_vcr(?:[/?]|$)/.test(target)) {
      const message = `there is nothing at ${redact(req.originalUrl)}; what is under /_vcr is so for the whole server`
      return send(res, dialect.error(404, 'unknown_address', message))
    }
    await sources.within(session, cassette, (used) =>
      answer((...asked) => used.handle(...asked), { arrival, req, res, target }),
    )
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

/** A header's value; one that is empty names nothing. */
function one(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) || undefined
}
