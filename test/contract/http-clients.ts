import https from 'node:https'
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici'
import { onTestFinished } from 'vitest'
import { readAll } from '../support/upstream.ts'

/** Ways to post a text in Node, each by a road of its own: what a library that intercepts has to catch. */
export const httpClients: Readonly<Record<string, (url: string, body: string) => Promise<string>>> = {
  fetch: async (url, body) => (await fetch(url, { method: 'POST', body })).text(),
  'node:https': (url, body) =>
    new Promise((resolve, reject) => {
      const request = https.request(url, { method: 'POST' }, (res) =>
        readAll(res).then((got) => resolve(got.toString()), reject),
      )
      request.on('error', reject).end(body)
    }),
  "undici's request": async (url, body) => (await undiciRequest(url, { method: 'POST', body })).body.text(),
  "undici's fetch with an agent of its own": async (url, body) => {
    const dispatcher = new Agent({ headersTimeout: 0 })
    onTestFinished(() => dispatcher.destroy())
    return (await undiciFetch(url, { method: 'POST', body, dispatcher })).text()
  },
}
