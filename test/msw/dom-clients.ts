import axios from 'axios'
import { setupServer } from 'msw/node'
import { expect, test } from 'vitest'
import { cassetteHandlers, intercept } from '../../src/adapters/intercept/msw.ts'
import { openCassette, type Vcr } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

const CHAT = 'https://api.openai.com/v1/chat/completions'
const BODY = '{"n":1}'

/** What only the environment has. */
const browser = globalThis as unknown as {
  readonly XMLHttpRequest: new () => EventTarget & {
    readonly responseText: string
    open(method: string, url: string): void
    setRequestHeader(name: string, value: string): void
    send(body: string): void
  }
}

/** What code that is made for browsers asks with. */
const clients: Readonly<Record<string, () => Promise<string>>> = {
  fetch: async () => (await fetch(CHAT, { method: 'POST', body: BODY })).text(),
  XMLHttpRequest: () =>
    new Promise((resolve, reject) => {
      const request = new browser.XMLHttpRequest()
      request.addEventListener('load', () => resolve(request.responseText))
      request.addEventListener('error', () => reject(new Error('the request failed')))
      request.open('POST', CHAT)
      request.setRequestHeader('content-type', 'application/json')
      request.setRequestHeader('authorization', 'Bearer none')
      request.send(BODY)
    }),
  "axios' adapter for browsers": async () => {
    const { data } = await axios.post<string>(CHAT, BODY, { adapter: 'xhr', responseType: 'text' })
    return String(data)
  },
}

/** In which ways they are answered. */
const ways: Readonly<Record<string, (vcr: Vcr) => Promise<() => unknown>>> = {
  intercept: async (vcr) => {
    const { stop } = await intercept(vcr)
    return stop
  },
  'handlers in a setupServer': async (vcr) => {
    const server = setupServer(...cassetteHandlers(vcr))
    server.listen({ onUnhandledFrame: 'error' })
    return () => server.close()
  },
}

/** Cases for an environment of vitest that plays a browser. */
export function answersBrowserClients(environment: string): void {
  for (const [client, ask] of Object.entries(clients)) {
    for (const [way, begin] of Object.entries(ways)) {
      test(`${environment}: what ${client} asks is recorded and replayed by ${way}`, async () => {
        const dir = await tempDir()
        const upstream = await localUpstream(async (req, res) => {
          // OpenAI allows every origin.
          res.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', '*')
          const text = req.method === 'OPTIONS' ? '' : (await readAll(req)).toString()
          res.setHeader('content-type', 'text/plain').end(`${req.method} ${req.url} ${text}`)
        })
        for (const mode of ['record', 'replay'] as const) {
          const vcr = await openCassette('c', {
            mode,
            dir,
            ...(mode === 'record' ? { upstream: upstream.url } : {}),
          })
          const end = await begin(vcr)
          expect(await ask()).toBe(`POST /v1/chat/completions ${BODY}`)
          await end()
          await vcr.close()
          const wanted = mode === 'record' ? 'recorded' : 'hit'
          expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(vcr.journal.map(() => wanted))
          expect(vcr.journal.at(-1)?.method).toBe('POST')
          await upstream.close()
        }
      })
    }
  }
}
