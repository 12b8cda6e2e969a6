import { type RequestHandler, Router } from 'express'
import type { Dialect } from '../api/dialect.ts'
import { type HttpResponse, percentDecoded } from '../http/message.ts'
import type { Entry } from '../engine/library/catalog.ts'
import { faultsApi } from './control-faults.ts'
import { send } from './send.ts'
import type { ServedSession } from './sessions.ts'
import type { Libraries } from './libraries.ts'

/** The control API under `/_vcr`: lists, shows and ends the server's sessions. */
export function controlApi(libraries: Libraries, dialect: Dialect, redact: (text: string) => string): Router {
  const router = Router()
  const missing = (code: string, message: string): HttpResponse =>
    dialect.errors.custom(404, code, redact(message))
  const oneSession: RequestHandler = (req, res, next) => {
    const segment = /^\/sessions\/([^/]+)$/.exec(req.path)?.[1]
    if (segment === undefined && req.path !== '/unnamed') return next()
    if (req.method !== 'GET' && req.method !== 'DELETE') return next()
    const name = segment === undefined ? undefined : percentDecoded(segment)
    const served = libraries.sessions().filter((each) => each.name === name)
    if (served.length === 0 && name !== undefined) {
      const message = `there is no session '${name}': it has not started, was ended, or was idle for too long. GET /_vcr/sessions lists the sessions`
      return send(res, missing('unknown_session', message))
    }
    if (req.method === 'DELETE') libraries.end(name)
    res.json({ name: name ?? null, runs: served.map(details) })
  }
  router.get('/health', (_req, res) => {
    res.json({ status: 'ok' })
  })
  router.get('/sessions', (_req, res) => {
    res.json({
      sessions: libraries.sessions().map((served) => ({ name: served.name ?? null, ...summary(served) })),
    })
  })
  router.use(oneSession)
  router.use(faultsApi(libraries, dialect, redact))
  router.use((req, res) => {
    const message = `there is no ${req.method} ${req.originalUrl}. There are GET /_vcr/health and GET /_vcr/sessions, and for a session, at /_vcr/sessions/NAME or /_vcr/unnamed: GET, DELETE, PUT …/faults, DELETE …/faults and POST …/clock`
    send(res, missing('unknown_address', message))
  })
  return router
}

/** A session over one cassette. `cassette` is null if it replays a whole directory. */
function summary({ cassette, session }: ServedSession): object {
  return { cassette: cassette ?? null, counts: session.counts, unused: session.unusedCount }
}

function details(served: ServedSession): object {
  const { session } = served
  return {
    ...summary(served),
    journal: session.journal,
    unplayed: session.unused().map(({ cassette, interaction: { request } }: Entry) => ({
      cassette,
      method: request.method,
      path: request.path,
    })),
  }
}
