import { rm } from 'node:fs/promises'
import path from 'node:path'
import express from 'express'
import { expect, test } from 'vitest'
import { cassetteRouter } from '../../src/adapters/http/express.ts'
import { openCassette, type Vcr } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import type { Subject } from './adapter.ts'
import { listening } from './adapters/listening.ts'
import { cassette, got } from './written.ts'

const servers: Readonly<Record<string, (vcr: Vcr) => Promise<Subject>>> = {
  'a bare server': (vcr) => listening(vcr, cassetteRouter(vcr)),
  'an Express app that leaves errors to a handler of its own': (vcr) => {
    const app = express().use(cassetteRouter(vcr))
    const handle: express.ErrorRequestHandler = (error: Error, _req, res, _next) =>
      void res.status(500).json({ error: { code: 'handled', message: error.message } })
    return listening(vcr, app.use(handle))
  },
}

for (const [name, serve] of Object.entries(servers)) {
  const isBare = name === 'a bare server'

  test(`${name} says that its cassette is closed`, async () => {
    const vcr = await openCassette('c', { dir: await cassette(got('/v1/models', 'x')) })
    const subject = await serve(vcr)
    await vcr.close()
    const response = await subject.fetch('/v1/models')
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([500, isBare ? 'false' : null])
    expect(await response.json()).toMatchObject({
      error: {
        code: isBare ? 'usage_error' : 'handled',
        message: expect.stringContaining("cassette 'c' is closed") as string,
      },
    })
  })

  test(`${name} says what is wrong with its cassette`, async () => {
    const upstream = await localUpstream(
      (_req, res) => void res.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(20_000, 200)),
    )
    const dir = await tempDir()
    const recording = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
    await (await recording.fetch('https://api.openai.com/v1/images')).arrayBuffer()
    await recording.close()
    const subject = await serve(await openCassette('c', { dir }))
    await rm(path.join(dir, 'blobs'), { recursive: true })
    const response = await subject.fetch('/v1/images')
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ error: { code: isBare ? 'invalid_cassette' : 'handled' } })
  })
}
