import { type ClientOptions, OpenAI } from 'openai'
import { test as cassetteTest } from 'openai-vcr/vitest'
import { inject } from 'vitest'
import { countedFetch } from './counted.ts'
import { openSession } from './server-session.ts'

/**
 * A test with a cassette of its own and a client for it. In process the client asks api.openai.com, and is
 * intercepted; through the server it asks there, in a session of the test's.
 */
export const test = cassetteTest
  .extend('baseURL', async ({ vcr, task }, { onCleanup }) => {
    const servers = inject('servers')
    if (servers === undefined) return undefined
    const session = openSession(servers[task.meta.kind ?? 'usual'], { name: task.id, cassette: vcr.name })
    onCleanup(session.end)
    return session.baseURL
  })
  .extend('connect', ({ baseURL }) => {
    const apiKey = process.env['OPENAI_API_KEY'] || 'none'
    return (options: ClientOptions = {}) => new OpenAI({ apiKey, ...(baseURL && { baseURL }), ...options })
  })
  .extend('client', ({ connect }) => connect())
  .extend('counted', () => countedFetch())
