import { Router } from 'express'
import type { RequestHandler } from 'express'
import type { Vcr } from '../engine/vcr.ts'
import { answer } from './node.ts'

/**
 * A cassette as a router of an Express app. Mount it where the API should be; no body
 * parser may stand before it.
 * @param vcr what `openCassette` gave
 * @example app.use('/openai', cassetteRouter(vcr)) // baseURL: http://localhost:3000/openai/v1
 */
export function cassetteRouter(vcr: Vcr): RequestHandler {
  const router = Router()
  router.use(async (req, res) => {
    // `req.url` is relative to where the router is mounted, slashes and query as they were sent.
    const exchange = vcr.exchange.bind(vcr)
    await answer(exchange, { arrival: vcr.arrive(), req, res, target: req.url })
  })
  return router
}
