import nock from 'nock'
import { onTestFinished } from 'vitest'
import { playWithNock } from '../../../src/adapters/intercept/nock.ts'
import { openCassette } from '../../../src/index.ts'
import { type Adapter, closing, HOST } from '../adapter.ts'

export const nockAdapter: Adapter = {
  name: 'nock',
  async open(cassette, options) {
    // nock goes on to refuse a host that it played, and the next test's upstream may get the port of this one's.
    onTestFinished(() => nock.cleanAll())
    const vcr = await openCassette(cassette, options)
    const playing = await playWithNock(vcr)
    return {
      fetch: (path, init) => fetch(HOST + path, init),
      base: HOST,
      close: closing(async () => {
        await vcr.close()
        await playing.stop()
        return vcr.journal
      }),
    }
  },
}
