import express, { type Request, type Response, Router } from 'express'
import type { Dialect } from '../api/dialect.ts'
import { object } from '../json/input/object.ts'
import { jsonAt, optionsFrom } from '../json/input/place.ts'
import { number, type Shape } from '../json/input/shape.ts'
import { UsageError } from '../messages/errors.ts'
import { faultPlan } from '../policies/faults/plan.ts'
import { faultOptions } from '../policies/faults/shapes.ts'
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
    const plan = faultPlan(readBody(text, faultOptions(dialect.errors.names)))
    libraries.setFaults(name, plan)
    return { faults: plan.faults.length, limits: Object.keys(plan.limits).length }
  },
  'DELETE faults': (libraries, name) => {
    libraries.setFaults(name, undefined)
    return {}
  },
  'POST clock': (libraries, name, text) => {
    const advanced = libraries.advance(name, readBody(text, CLOCK).advance)
    if (advanced === 0)
      throw new UsageError(
        `${name === undefined ? 'the unnamed session' : `session '${name}'`} has not started: its first request starts it`,
      )
    return { advanced }
  },
}

const CLOCK = object<{ readonly advance: number }>('an object, such as { "advance": 20000 }', {
  advance: number('a number of milliseconds from 0, such as 20000', { from: 0 }),
})

/** @throws UsageError, from which the caller takes secrets */
function readBody<T>(text: unknown, shape: Shape<T>): T {
  const place = optionsFrom('the body of the request', (message) => message, { noun: 'field' })
  return shape.read(jsonAt(typeof text === 'string' ? text : '', place), place)
}

const asText = express.text({ type: () => true, limit: '4mb' })

/** Reads the body as text, whatever its content type: a test may well forget the header. */
function read(req: Request, res: Response, then: () => void): void {
  asText(req, res, (error?: unknown) => {
    if (error !== undefined) return void res.destroy()
    then()
  })
}
