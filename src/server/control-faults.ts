import express, { type Request, type Response, Router } from 'express'
import type { Dialect } from '../api/dialect.ts'
import { UsageError } from '../messages/errors.ts'
import { type FaultPlan, readPlan } from '../policies/faults/plan.ts'
import { percentDecoded } from '../http/message.ts'
import { send } from './send.ts'
import type { Libraries } from './libraries.ts'

/** The part of `/_vcr` that sets and removes a session's faults, and advances the clock of its limits. */
export function faultsApi(libraries: Libraries, dialect: Dialect, redact: (text: string) => string): Router {
  const router = Router()
  router.use((req, res, next) => {
    const match = /^\/(?:sessions\/([^/]+)|unnamed)\/(faults|clock)$/.exec(req.path)
    const act = match === null ? undefined : ACTIONS[`${req.method} ${match[2]}`]
    if (act === undefined) return next()
    const name = match?.[1] === undefined ? undefined : percentDecoded(match[1])
    read(req, res, () => {
      try {
        res.json({ name: name ?? null, ...act(libraries, name, req.body, dialect) })
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        send(res, dialect.errors.custom(400, 'invalid_request', redact(error.message)))
      }
    })
  })
  return router
}

type Action = (libraries: Libraries, name: string | undefined, text: unknown, dialect: Dialect) => object

const ACTIONS: Readonly<Record<string, Action>> = {
  'PUT faults': (libraries, name, text, dialect) => {
    const plan: FaultPlan = readPlan(jsonOf(text), 'the request', dialect.errors.names)
    libraries.setFaults(name, plan)
    return { faults: plan.faults.length, limits: Object.keys(plan.limits).length }
  },
  'DELETE faults': (libraries, name) => {
    libraries.setFaults(name, undefined)
    return {}
  },
  'POST clock': (libraries, name, text) => {
    const json = jsonOf(text) as { advance?: unknown } | null
    const ms = json?.advance
    if (typeof ms !== 'number' || ms < 0)
      throw new UsageError(
        'the request: expected {"advance": MS}, the milliseconds to advance the clock of its limits by',
      )
    const advanced = libraries.advance(name, ms)
    if (advanced === 0)
      throw new UsageError(
        `${name === undefined ? 'the unnamed session' : `session '${name}'`} has not started: its first request starts it`,
      )
    return { advanced }
  },
}

const asText = express.text({ type: () => true, limit: '4mb' })

/** Reads the body as text, whatever its content type: a test may well forget the header. */
function read(req: Request, res: Response, then: () => void): void {
  asText(req, res, (error?: unknown) => {
    if (error !== undefined) return void res.destroy()
    then()
  })
}

function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : '')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UsageError(`the request: not valid JSON: ${error.message}`, { cause: error })
  }
}
