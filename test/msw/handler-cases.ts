import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { http, HttpResponse } from 'msw'
import { cassetteHandlers } from '../../src/adapters/intercept/msw.ts'
import { API, askByHttp, post, text } from './asking.ts'
import type { Case } from './scene.ts'

/** What stands beside a cassette in a `setupServer`. */
const weather = http.get('https://weather.test/now', () => HttpResponse.text('sunny'))
const everything = http.all('*', ({ request }) =>
  HttpResponse.text(`theirs ${new URL(request.url).pathname}`),
)
const theirModels = http.get(`${API}/models`, () => HttpResponse.text('theirs'))
const silentModels = http.get(`${API}/models`, () => undefined)

export const handlerCases: Readonly<Record<string, Case>> = {
  'handlers before those of the user answer their host and no other': (scene) =>
    scene.recordThenReplay(tellPath, 1, async (vcr) => {
      const server = scene.listen('error', ...cassetteHandlers(vcr), weather)
      assert.equal(await text(`${API}/models`), '/v1/models')
      assert.equal(await text('https://weather.test/now'), 'sunny')
      await assert.rejects(text('https://elsewhere.test/'), 'what nobody handles still fails')
      server.close()
    }),

  'handlers after those of the user leave them what they take': (scene) =>
    scene.recordThenReplay(tellPath, 2, async (vcr) => {
      const server = scene.listen('error', weather, theirModels, ...cassetteHandlers(vcr), everything)
      assert.equal(await text(`${API}/models`), 'theirs')
      assert.equal(await text(`${API}/models/gpt-4o-mini`), '/v1/models/gpt-4o-mini')
      assert.equal(await text(`${API}/files`), '/v1/files')
      assert.equal(await text('https://weather.test/now'), 'sunny')
      assert.equal(await text('https://elsewhere.test/x'), 'theirs /x')
      server.close()
    }),

  'a handler of the user that answers nothing leaves the request to the cassette': (scene) =>
    scene.recordThenReplay(tellBody, 1, async (vcr) => {
      const seen: unknown[] = []
      const reading = http.post(`${API}/chat/completions`, async ({ request }) => {
        seen.push(await request.clone().json())
      })
      const server = scene.listen('error', silentModels, reading, ...cassetteHandlers(vcr))
      assert.equal(await text(`${API}/chat/completions`, post(1)), '{"n":1}')
      assert.deepEqual(seen, [{ n: 1 }])
      server.close()
    }),

  'a handler of the user that reads the request away and answers nothing is told what to do': async (
    scene,
  ) => {
    const vcr = await scene.open('replay')
    const reading = http.post(`${API}/chat/completions`, async ({ request }) => void (await request.json()))
    scene.listen('error', reading, ...cassetteHandlers(vcr))
    const response = await fetch(`${API}/chat/completions`, post(1))
    assert.deepEqual([response.status, response.headers.get('x-should-retry')], [500, 'false'])
    assert.match(await response.text(), /request\.clone\(\)/)
  },

  'a handler of the user that stands after the cassette never sees its host': (scene) =>
    scene.recordThenReplay(tellPath, 1, async (vcr) => {
      const server = scene.listen('error', ...cassetteHandlers(vcr), theirModels, everything)
      assert.equal(await text(`${API}/models`), '/v1/models')
      server.close()
    }),

  'a handler of the user that is added at runtime goes first until it is reset': (scene) =>
    scene.recordThenReplay(tellPath, 1, async (vcr) => {
      const server = scene.listen('error', ...cassetteHandlers(vcr))
      server.use(theirModels)
      assert.equal(await text(`${API}/models`), 'theirs')
      server.resetHandlers()
      assert.equal(await text(`${API}/models`), '/v1/models')
      server.close()
    }),

  'a cassette that is added at runtime answers until it is reset': (scene) =>
    scene.recordThenReplay(tellPath, 1, async (vcr) => {
      const server = scene.listen('error', everything)
      server.use(...cassetteHandlers(vcr))
      assert.equal(await text(`${API}/models`), '/v1/models')
      server.resetHandlers()
      assert.equal(await text(`${API}/models`), 'theirs /v1/models')
      server.close()
    }),

  'only the hosts that are told are touched': (scene) =>
    scene.recordThenReplay(tellPath, 1, async (vcr) => {
      const server = scene.listen('error', ...cassetteHandlers(vcr, { hosts: ['llm.test:8443'] }), everything)
      assert.equal(await text(`${API}/models`), 'theirs /v1/models')
      assert.equal(await text('https://llm.test/v1/models'), 'theirs /v1/models')
      assert.equal(await text('https://llm.test:8443/v1/models'), '/v1/models')
      server.close()
    }),

  'two cassettes answer a host each': async (scene) => {
    const upstream = await scene.upstream(tellPath)
    const first = await scene.open('record', { upstream: upstream.url })
    const second = await scene.open('record', { upstream: upstream.url, dir: `${await scene.dir}/second` })
    scene.listen(
      'error',
      ...cassetteHandlers(first, { hosts: ['one.test'] }),
      ...cassetteHandlers(second, { hosts: ['two.test'] }),
    )
    assert.equal(await text('https://one.test/v1/a'), '/v1/a')
    assert.equal(await text('https://two.test/v1/b'), '/v1/b')
    assert.deepEqual(
      [first, second].map(({ journal }) => journal.map(({ path }) => path)),
      [['/v1/a'], ['/v1/b']],
    )
  },

  'a request whose accept header counts is recorded as it was': async (scene) => {
    const headers = { accept: 'application/vnd.api+json' }
    await scene.recordThenReplay(
      (req, res) => void res.end(req.headers.accept),
      1,
      async (vcr) => {
        const server = scene.listen('error', ...cassetteHandlers(vcr))
        assert.equal(await text(`${API}/models`, { headers }), headers.accept)
        server.close()
      },
      { matchers: { headers: ['accept'] } },
    )
    const elsewhere = await scene.open('replay', { matchers: { headers: ['accept'] } })
    const response = await elsewhere.fetch(`${API}/models`, { headers })
    assert.equal(await response.text(), headers.accept, 'as through every other adapter')
  },

  'a cassette that is closed says so, once': async (scene) => {
    const vcr = await scene.open('replay')
    scene.listen('error', ...cassetteHandlers(vcr))
    await vcr.close()
    const response = await fetch(`${API}/models`)
    assert.deepEqual([response.status, response.headers.get('x-should-retry')], [500, 'false'])
    assert.match(await response.text(), /cassette 'c' is closed/)
  },

  'a reset connection, no answer and an error are what their clients see': async (scene) => {
    const vcr = await scene.open('replay', {
      faults: [
        { first: 2, reset: true },
        { nth: 3, timeout: true },
        { nth: 4, error: 'server_error' },
      ],
    })
    scene.listen('error', ...cassetteHandlers(vcr))
    await assert.rejects(fetch(`${API}/models`), { name: 'TypeError' })
    await assert.rejects(askByHttp('http://api.openai.com/v1/models'))
    const abort = new AbortController()
    const waited = assert.rejects(fetch(`${API}/models`, { signal: abort.signal }), { name: 'AbortError' })
    // A time-out of AbortSignal's does not keep the process running.
    setTimeout(() => abort.abort(), 30)
    await waited
    assert.equal((await fetch(`${API}/models`)).status, 500)
    assert.deepEqual(
      vcr.journal.map(({ outcome }) => outcome),
      ['faulted', 'faulted', 'faulted', 'faulted'],
    )
  },

  'a miss is told': async (scene) => {
    const vcr = await scene.open('replay')
    scene.listen('error', ...cassetteHandlers(vcr))
    const response = await fetch(`${API}/models`)
    assert.deepEqual([response.status, response.headers.get('x-should-retry')], [404, 'false'])
    assert.match(await response.text(), /replay_miss/)
  },
}

function tellPath(req: IncomingMessage, res: ServerResponse): void {
  res.end(req.url)
}

function tellBody(req: IncomingMessage, res: ServerResponse): void {
  req.pipe(res)
}
