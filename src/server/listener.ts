import type { RequestListener } from 'node:http'
import express, { type Express } from 'express'
import { answer, isOptionsStar, requestTarget } from '../adapters/http/node.ts'
import { CassetteError, UsageError } from '../messages/errors.ts'
import type { Dialect } from '../api/dialect.ts'
import type { HttpResponse } from '../http/message.ts'
import { addressOf } from './addresses.ts'
import { controlApi } from './control.ts'
import { send } from './send.ts'
import type { Libraries } from './libraries.ts'
import type { Lease } from './sessions.ts'

/**
 * Listens to the server's requests. Express serves the control API alone: the API's own paths need none
 * of what it does for each request.
 */
export function createListener(
  libraries: Libraries,
  dialect: Dialect,
  redact: (text: string) => string,
): RequestListener {
  const control = createControlApp(libraries, dialect, redact)
  return (req, res) => {
    const fail = (error: unknown): void => {
      if (res.headersSent) res.destroy()
      else send(res, serverErrorResponse(error, dialect, redact))
    }
    try {
      if (isOptionsStar(req)) return void res.writeHead(204).end()
      if (/^\/_vcr(?:[/?]|$)/i.test(requestTarget(req))) return control(req, res)
      const arrival = libraries.arrive()
      const { session, cassette, target, isControl } = addressOf(req, (name) => libraries.exists(name))
      // A control address under that of a session or a cassette.
      if (isControl) {
        const message = `there is nothing at ${redact(req.url ?? '')}: addresses under /_vcr have no session or cassette before them`
        return send(res, dialect.errors.custom(404, 'unknown_address', message))
      }
      const answerFrom = ({ session: used, release }: Lease): void =>
        answer(
          (...args) => used.handle(...args),
          { arrival, req, res, target },
          (error) => {
            release()
            if (error !== undefined) fail(error)
          },
        )
      const lease = libraries.acquire(session, cassette)
      if (lease instanceof Promise) lease.then(answerFrom).catch(fail)
      else answerFrom(lease)
    } catch (error) {
      fail(error)
    }
  }
}

function createControlApp(libraries: Libraries, dialect: Dialect, redact: (text: string) => string): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use('/_vcr', controlApi(libraries, dialect, redact))
  app.use(((error: unknown, _req, res, _next) => {
    if (res.headersSent) return void res.destroy()
    send(res, serverErrorResponse(error, dialect, redact))
  }) satisfies express.ErrorRequestHandler)
  return app
}

/** The response to an error: 400 if the client named an unusable cassette, else 500. */
export function serverErrorResponse(
  error: unknown,
  dialect: Dialect,
  redact: (text: string) => string,
): HttpResponse {
  const message = redact(error instanceof Error ? error.message : String(error))
  if (error instanceof UsageError) return dialect.errors.custom(400, 'invalid_address', message)
  return dialect.errors.custom(
    500,
    error instanceof CassetteError ? 'invalid_cassette' : 'internal_error',
    message,
  )
}
