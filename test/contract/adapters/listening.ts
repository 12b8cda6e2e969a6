import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cassetteUpgrade } from '../../../src/adapters/express.ts'
import type { Vcr } from '../../../src/index.ts'
import { closing, type Subject } from '../adapter.ts'

/** @param path where the API is on the server */
export async function listening(vcr: Vcr, listener: RequestListener, path = '/'): Promise<Subject> {
  const server = createServer(listener).on('upgrade', cassetteUpgrade(vcr, { path }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path === '/' ? '' : path}`
  return {
    fetch: (target, init) => fetch(base + target, init),
    base,
    close: closing(async () => {
      await vcr.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      return vcr.journal
    }),
  }
}
