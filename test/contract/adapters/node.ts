import { cassetteRouter } from '../../../src/adapters/http/express.ts'
import { openCassette } from '../../../src/index.ts'
import type { Adapter } from '../adapter.ts'
import { listening } from './listening.ts'

export const nodeAdapter: Adapter = {
  name: 'node:http',
  async open(cassette, options) {
    const vcr = await openCassette(cassette, options)
    return listening(vcr, cassetteRouter(vcr))
  },
}
