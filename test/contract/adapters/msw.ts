import { intercept } from '../../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../../src/index.ts'
import { type Adapter, closing, HOST } from '../adapter.ts'

export const mswAdapter: Adapter = {
  name: 'MSW',
  async open(cassette, options) {
    const vcr = await openCassette(cassette, options)
    const network = await intercept(vcr)
    return {
      fetch: (path, init) => fetch(HOST + path, init),
      base: HOST,
      close: closing(async () => {
        await vcr.close()
        await network.stop()
        return vcr.journal
      }),
    }
  },
}
