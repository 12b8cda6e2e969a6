import { playWithNock } from '../../src/adapters/intercept/nock.ts'
import { recordsOverTls } from '../support/over-tls.ts'

recordsOverTls('nock', async (vcr) => {
  const { stop } = await playWithNock(vcr)
  return stop
})
