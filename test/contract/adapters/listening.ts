import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Vcr } from '../../../src/index.ts'
import { closing, type Subject } from '../adapter.ts'

/** @param prefix where the API is on the server */
export async function listening(vcr: Vcr, listener: RequestListener, prefix = ''): Promise<Subject> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`
  return {
    fetch: (path, init) => fetch(base + path, init),
    base,
    close: closing(async () => {
      await vcr.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      return vcr.journal
    }),
  }
}
