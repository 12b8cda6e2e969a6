import express from 'express'
import { onTestFinished } from 'vitest'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cassetteRouter } from '../../src/adapters/express.ts'
import { intercept } from '../../src/adapters/msw.ts'
import { type CassetteOptions, openCassette } from '../../src/index.ts'
import type { JournalEntry } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'

/** A cassette behind one adapter, asked as its users ask it. */
export interface Subject {
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Ends the session, writes, and gives the journal. */
  close(): Promise<readonly JournalEntry[]>
}

export interface Adapter {
  readonly name: string
  open(cassette: string, options: CassetteOptions): Promise<Subject>
}

const HOST = 'https://api.openai.com'

/** One test's failure must not reach the next: what it left open is closed behind it. */
function closing(close: () => Promise<readonly JournalEntry[]>): Subject['close'] {
  let closed: Promise<readonly JournalEntry[]> | undefined
  const once = (): Promise<readonly JournalEntry[]> => (closed ??= close())
  onTestFinished(async () => void (await once()))
  return once
}

export const adapters: readonly Adapter[] = [
  {
    name: 'fetch',
    async open(cassette, options) {
      const vcr = await openCassette(cassette, options)
      return {
        fetch: (path, init) => vcr.fetch(HOST + path, init),
        close: closing(async () => {
          await vcr.close()
          return vcr.journal
        }),
      }
    },
  },
  {
    name: 'MSW',
    async open(cassette, options) {
      const vcr = await openCassette(cassette, options)
      const network = await intercept(vcr)
      return {
        fetch: (path, init) => fetch(HOST + path, init),
        close: closing(async () => {
          await vcr.close()
          await network.stop()
          return vcr.journal
        }),
      }
    },
  },
  {
    name: 'Express',
    async open(cassette, options) {
      const vcr = await openCassette(cassette, options)
      const server = createServer(express().use('/openai', cassetteRouter(vcr)))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      return {
        fetch: (path, init) => fetch(`http://127.0.0.1:${port}/openai${path}`, init),
        close: closing(async () => {
          await vcr.close()
          server.closeAllConnections()
          await new Promise((resolve) => server.close(resolve))
          return vcr.journal
        }),
      }
    },
  },
  {
    name: 'server',
    async open(cassette, options) {
      const server = await startServer({ ...options, cassette })
      return {
        fetch: (path, init) => fetch(server.url + path, init),
        close: closing(async () => (await server.close()).journal),
      }
    },
  },
]
