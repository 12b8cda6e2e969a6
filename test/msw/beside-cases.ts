import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import axios from 'axios'
import { http, HttpResponse } from 'msw'
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici'
import { cassetteHandlers, intercept } from '../../src/adapters/intercept/msw.ts'
import { API, askByHttp, post, text } from './asking.ts'
import type { Case, Scene, Unhandled } from './scene.ts'

const weather = http.get('https://weather.test/now', () => HttpResponse.text('sunny'))
const theirModels = http.get(`${API}/models`, () => HttpResponse.text('theirs'))

/** MSW 2 stands at `fetch` itself, before us, and refuses there. */
const strictest = (scene: Scene): Unhandled => (scene.version === 2 ? 'bypass' : 'error')

/** `intercept` beside a running `setupServer` of the user's, and which clients a `setupServer` hears of. */
export const besideCases: Readonly<Record<string, Case>> = {
  'intercept beside a server that was started before': (scene) =>
    scene.recordThenReplay(tellPath, 2, async (vcr) => {
      const server = scene.listen(strictest(scene), weather)
      const ours = await intercept(vcr)
      assert.equal(await text(`${API}/models`), '/v1/models')
      assert.equal(await text('https://weather.test/now'), 'sunny')
      server.close()
      assert.equal(await text(`${API}/files`), '/v1/files')
      await ours.stop()
    }),

  'intercept beside a server that is started after': (scene) =>
    scene.recordThenReplay(tellPath, 1, async (vcr) => {
      const ours = await intercept(vcr)
      const server = scene.listen(strictest(scene), weather)
      assert.equal(await text(`${API}/models`), '/v1/models')
      assert.equal(await text('https://weather.test/now'), 'sunny')
      await ours.stop()
      server.use(theirModels)
      assert.equal(await text('https://weather.test/now'), 'sunny')
      assert.equal(await text(`${API}/models`), 'theirs', 'the host is theirs again')
      server.close()
    }),

  'intercept, then a server, ended in the order in which they began': (scene) =>
    scene.recordThenReplay(tellPath, 2, async (vcr) => {
      const ours = await intercept(vcr)
      const server = scene.listen(strictest(scene), weather)
      assert.equal(await text(`${API}/models`), '/v1/models')
      await ours.stop()
      assert.equal(await text('https://weather.test/now'), 'sunny')
      server.close()
      const again = await intercept(vcr)
      assert.equal(await text(`${API}/files`), '/v1/files')
      await again.stop()
    }),

  'a server that refuses what it does not know refuses a host of intercept with MSW 2 only': async (
    scene,
  ) => {
    const upstream = await scene.upstream(tellPath)
    const vcr = await scene.open('record', { upstream: upstream.url })
    scene.listen('error', weather)
    const ours = await intercept(vcr)
    scene.defer(ours.stop)
    const asked = text(`${API}/models`)
    if (scene.version === 2) await assert.rejects(asked, /onUnhandledRequest/)
    else assert.equal(await asked, '/v1/models')
    assert.equal(vcr.journal.length, scene.version === 2 ? 0 : 1)
  },

  'of a handler of theirs and intercept, intercept answers its host, with MSW 2 they do': async (scene) => {
    const upstream = await scene.upstream(tellPath)
    const vcr = await scene.open('record', { upstream: upstream.url })
    const server = scene.listen('error', theirModels)
    const ours = await intercept(vcr)
    scene.defer(ours.stop)
    assert.equal(await text(`${API}/models`), scene.version === 2 ? 'theirs' : '/v1/models')
    assert.deepEqual(server.heard, scene.version === 2 ? [`${API}/models`] : [])
    assert.equal(vcr.journal.length, scene.version === 2 ? 0 : 1)
  },

  'a client that leaves beside a server of theirs stops the upstream': async (scene) => {
    const stopped = Promise.withResolvers<void>()
    const upstream = await scene.upstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      res.once('close', () => stopped.resolve())
    })
    const vcr = await scene.open('record', { upstream: upstream.url })
    scene.listen(strictest(scene))
    const ours = await intercept(vcr)
    scene.defer(ours.stop)
    const abort = new AbortController()
    const response = await fetch(`${API}/chat/completions`, { ...post(1), signal: abort.signal })
    await response.body?.getReader().read()
    abort.abort()
    await stopped.promise
  },

  'a setupServer hears of fetch and node:http, of undici only intercept': async (scene) => {
    const real = await scene.upstream((_req, res) => void res.end('not caught'))
    const vcr = await scene.open('replay')
    const hosts = [new URL(real.url).host]
    scene.listen('bypass', ...cassetteHandlers(vcr, { hosts }))
    // An agent for each request: one that has a connection from before is not heard of.
    const fresh = (): Agent => {
      const agent = new Agent()
      scene.defer(() => agent.close())
      return agent
    }
    const clients: Readonly<Record<string, () => Promise<string>>> = {
      fetch: () => text(`${real.url}/v1/fetch`),
      axios: async () => (await axios.get<string>(`${real.url}/v1/axios`, { validateStatus: null })).data,
      'node:http': () => askByHttp(`${real.url}/v1/http`),
      'undici.request': async () =>
        (await undiciRequest(`${real.url}/v1/request`, { dispatcher: fresh() })).body.text(),
      'undici.fetch': async () =>
        (await undiciFetch(`${real.url}/v1/undici`, { dispatcher: fresh() })).text(),
    }
    const caught = async (): Promise<readonly string[]> => {
      const names = await Promise.all(
        Object.entries(clients).map(async ([name, ask]) => ((await ask()) === 'not caught' ? [] : [name])),
      )
      return names.flat()
    }
    assert.deepEqual(await caught(), ['fetch', 'axios', 'node:http'])
    const ours = await intercept(vcr, { hosts })
    assert.deepEqual(await caught(), Object.keys(clients))
    await ours.stop()
  },
}

function tellPath(req: IncomingMessage, res: ServerResponse): void {
  res.end(req.url)
}
