import { startServer } from '../../../src/server/start.ts'
import { type Adapter, closing } from '../adapter.ts'

export const serverAdapter: Adapter = {
  name: 'server',
  async open(cassette, options) {
    const server = await startServer({ ...options, cassette })
    return {
      fetch: (path, init) => fetch(server.url + path, init),
      base: server.url,
      close: closing(async () => (await server.close()).journal),
    }
  },
}
