import { createServer, type RequestListener } from 'node:http'
import { cassetteUpgrade } from '../../../src/adapters/http/express.ts'
import type { Vcr } from '../../../src/index.ts'
import { cutOff, listenHere } from '../../support/listen.ts'
import { closing, type Subject } from '../adapter.ts'

/** @param path where the API is on the server */
export async function listening(vcr: Vcr, listener: RequestListener, path = '/'): Promise<Subject> {
  const server = createServer(listener).on('upgrade', cassetteUpgrade(vcr, { path }))
  const base = (await listenHere(server)) + (path === '/' ? '' : path)
  return {
    fetch: (target, init) => fetch(base + target, init),
    base,
    close: closing(async () => {
      await vcr.close()
      await cutOff(server)
      return vcr.journal
    }),
  }
}
