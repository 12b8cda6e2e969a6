import { setupServer } from 'msw/node'
import { cassetteHandlers, intercept } from '../../src/adapters/intercept/msw.ts'
import { recordsOverTls } from '../support/over-tls.ts'

recordsOverTls('intercept', async (vcr) => {
  const { stop } = await intercept(vcr)
  return stop
})

recordsOverTls('handlers in a setupServer', async (vcr) => {
  const server = setupServer(...cassetteHandlers(vcr))
  server.listen({ onUnhandledFrame: 'error' })
  return () => server.close()
})
