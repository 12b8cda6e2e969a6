import { openCassette } from '../../../src/index.ts'
import { type Adapter, closing, HOST } from '../adapter.ts'

export const fetchAdapter: Adapter = {
  name: 'fetch',
  async open(cassette, options) {
    const vcr = await openCassette(cassette, options)
    return {
      fetch: (path, init) => vcr.fetch(HOST + path, init),
      base: undefined,
      close: closing(async () => {
        await vcr.close()
        return vcr.journal
      }),
    }
  },
}
