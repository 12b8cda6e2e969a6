import { once } from 'node:events'
import http from 'node:http'
import { text } from 'node:stream/consumers'
import express from 'express'
import { expect, test } from 'vitest'
import { cassetteRouter } from '../../src/adapters/http/express.ts'
import { openCassette } from '../../src/index.ts'
import type { Subject } from './adapter.ts'
import { listening } from './adapters/listening.ts'
import { serverAdapter } from './adapters/server.ts'
import { cassette, got } from './written.ts'

/** Targets other than paths, which only clients that take a server for a proxy send. */

const servers: Readonly<Record<string, (dir: string) => Promise<Subject>>> = {
  'the server': (dir) => serverAdapter.open('c', { dir }),
  'a bare server': async (dir) => {
    const vcr = await openCassette('c', { dir })
    return listening(vcr, cassetteRouter(vcr))
  },
  'a mounted router': async (dir) => {
    const vcr = await openCassette('c', { dir })
    return listening(vcr, express().use('/openai', cassetteRouter(vcr)), '/openai')
  },
}

async function asked(base: string, method: string, target: string): Promise<[number | undefined, string]> {
  const { hostname, port } = new URL(base)
  const request = http.request({ hostname, port, method, path: target, agent: false }).end()
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return [response.statusCode, await text(response)]
}

for (const [name, open] of Object.entries(servers)) {
  test(`${name} takes the path of a whole URL`, async () => {
    const subject = await open(await cassette(got('/v1/models?limit=2', 'models'), got('/', 'root')))
    const { pathname } = new URL(subject.base as string)
    const mount = pathname === '/' ? '' : pathname
    const url = `http://api.openai.com${mount}`
    expect(await asked(subject.base as string, 'GET', `${url}/v1/models?limit=2`)).toEqual([200, 'models'])
    expect(await asked(subject.base as string, 'GET', url)).toEqual([200, 'root'])
    const [status, message] = await asked(subject.base as string, 'GET', `${url}/v1/files`)
    expect([status, message]).toEqual([404, expect.stringContaining('matches GET /v1/files in')])
  })
}

for (const name of ['the server', 'a bare server']) {
  test(`${name} answers OPTIONS * itself`, async () => {
    const subject = await (servers[name] as (dir: string) => Promise<Subject>)(await cassette(got('/', 'x')))
    expect(await asked(subject.base as string, 'OPTIONS', '*')).toEqual([204, ''])
    expect(await subject.close()).toEqual([])
  })
}
