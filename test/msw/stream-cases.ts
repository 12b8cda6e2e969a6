import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import https from 'node:https'
import OpenAI from 'openai'
import { cassetteHandlers } from '../../src/adapters/intercept/msw.ts'
import type { Vcr } from '../../src/index.ts'
import { readAll } from '../support/upstream.ts'
import { API, post, text } from './asking.ts'
import type { Case, Scene } from './scene.ts'

const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`
const DONE = 'data: [DONE]\n\n'
const SSE = { 'content-type': 'text/event-stream' }
const bytes = randomBytes(300_000)

const ask = (signal?: AbortSignal) =>
  new OpenAI({ apiKey: 'none', maxRetries: 0 }).chat.completions.create(
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }], stream: true },
    { signal },
  )

/** Records an upstream that begins a stream and does not go on. */
async function recordOneChunk(scene: Scene): Promise<{ vcr: Vcr; stopped: Promise<void> }> {
  const stopped = Promise.withResolvers<void>()
  const upstream = await scene.upstream((_req, res) => {
    res.writeHead(200, SSE).write(chunk('one'))
    res.once('close', () => stopped.resolve())
  })
  const vcr = await scene.open('record', { upstream: upstream.url })
  scene.listen('error', ...cassetteHandlers(vcr))
  return { vcr, stopped: stopped.promise }
}

const outcomes = ({ journal }: Vcr): string[] => journal.map(({ outcome }) => outcome)

/** How bodies come and go through a `setupServer`. */
export const streamCases: Readonly<Record<string, Case>> = {
  'the first event of a stream arrives before the second is sent': async (scene) => {
    let send: (() => void) | undefined
    await scene.recordThenReplay(
      (_req, res) => {
        res.writeHead(200, SSE).write(chunk('one'))
        send = () => void res.end(chunk('two') + DONE)
      },
      1,
      async (vcr) => {
        const server = scene.listen('error', ...cassetteHandlers(vcr))
        const said: unknown[] = []
        for await (const { choices } of await ask()) {
          said.push(choices[0]?.delta.content)
          send?.()
          send = undefined
        }
        assert.deepEqual(said, ['one', 'two'])
        server.close()
      },
    )
  },

  'the head of an answer arrives before its body begins, by fetch with both versions': async (scene) => {
    let send: (() => void) | undefined
    await scene.recordThenReplay(
      (_req, res) => {
        res.writeHead(200, SSE).flushHeaders()
        send = () => void res.end(chunk('one') + DONE)
      },
      1,
      async (vcr) => {
        const server = scene.listen('error', ...cassetteHandlers(vcr))
        const stream = await ask()
        send?.()
        send = undefined
        const said: unknown[] = []
        for await (const { choices } of stream) said.push(choices[0]?.delta.content)
        assert.deepEqual(said, ['one'])
        server.close()
      },
    )
  },

  'bytes, multipart forms and repeated headers are as they were': (scene) =>
    scene.recordThenReplay(
      async (req, res) => {
        const body = await readAll(req)
        if (req.url === '/v1/audio/speech') res.writeHead(200, { 'content-type': 'audio/mpeg' }).end(bytes)
        else
          res
            .writeHead(
              200,
              [
                ['x-part', 'a'],
                ['x-part', 'b'],
                ['x-size', String(body.length > 300_000)],
              ].flat(),
            )
            .end()
      },
      2,
      async (vcr) => {
        const server = scene.listen('error', ...cassetteHandlers(vcr))
        const speech = await fetch(`${API}/audio/speech`, post(1))
        assert.ok(bytes.equals(Buffer.from(await speech.arrayBuffer())))
        const form = new FormData()
        form.set('purpose', 'assistants')
        form.set('file', new File([bytes], 'Übung.bin'))
        const upload = await fetch(`${API}/files`, { method: 'POST', body: form })
        assert.deepEqual([upload.headers.get('x-part'), upload.headers.get('x-size')], ['a, b', 'true'])
        server.close()
      },
    ),

  'gzip is undone once': (scene) =>
    scene.recordThenReplay(
      async (_req, res) => {
        const { gzipSync } = await import('node:zlib')
        res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        res.end(gzipSync('{"ok":true}'))
      },
      1,
      async (vcr) => {
        const server = scene.listen('error', ...cassetteHandlers(vcr))
        assert.equal(await text(`${API}/models`), '{"ok":true}')
        server.close()
      },
    ),

  'a client that leaves a stream early is let go, and the upstream with it': async (scene) => {
    const { vcr, stopped } = await recordOneChunk(scene)
    for await (const _first of await ask()) break
    await stopped
    await vcr.close()
    assert.deepEqual(outcomes(vcr), ['dropped'])
  },

  'a client that cancels a body is let go, and the upstream with it': async (scene) => {
    const { stopped } = await recordOneChunk(scene)
    const reader = (await fetch(`${API}/chat/completions`, post(1))).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await stopped
  },

  'a client of node:http that leaves stops the upstream, but with MSW 2 its answer is read to the end':
    async (scene) => {
      const stopped = Promise.withResolvers<void>()
      const left = Promise.withResolvers<void>()
      const upstream = await scene.upstream((_req, res) => {
        res.writeHead(200, SSE).write(chunk('one'))
        res.once('close', () => stopped.resolve())
        if (scene.version === 2) void left.promise.then(() => res.end(DONE))
      })
      const vcr = await scene.open('record', { upstream: upstream.url })
      scene.listen('error', ...cassetteHandlers(vcr))
      https.get(`${API}/models`, (res) => {
        res.once('close', left.resolve).on('error', () => {})
        res.once('data', () => res.destroy())
      })
      await Promise.all([stopped.promise, left.promise])
      await vcr.close()
      assert.deepEqual(outcomes(vcr), [scene.version === 2 ? 'recorded' : 'dropped'])
    },

  'a user who listens to responses reads the whole of them': (scene) =>
    scene.recordThenReplay(
      (_req, res) => void res.writeHead(200, SSE).end(chunk('one') + DONE),
      1,
      async (vcr) => {
        const server = scene.listen('error', ...cassetteHandlers(vcr))
        const response = await fetch(`${API}/chat/completions`, post(1))
        assert.equal(await response.text(), chunk('one') + DONE)
        assert.deepEqual(await Promise.all(server.answered), [chunk('one') + DONE])
        server.close()
      },
    ),

  'a client that leaves a replayed stream early is let go': (scene) =>
    scene.recordThenReplay(
      (_req, res) => void res.writeHead(200, SSE).end(chunk('one') + chunk('two') + DONE),
      2,
      async (vcr, mode) => {
        const server = scene.listen('error', ...cassetteHandlers(vcr))
        for await (const _each of await ask()) if (mode === 'replay') break
        const said: unknown[] = []
        for await (const { choices } of await ask()) said.push(choices[0]?.delta.content)
        assert.deepEqual(said, ['one', 'two'])
        server.close()
      },
    ),

  'a client that aborts before the head stops the upstream': async (scene) => {
    const arrived = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<void>()
    const upstream = await scene.upstream((_req, res) => {
      res.once('close', () => stopped.resolve())
      arrived.resolve()
    })
    const vcr = await scene.open('record', { upstream: upstream.url })
    scene.listen('error', ...cassetteHandlers(vcr))
    const printed = scene.printedErrors()
    const abort = new AbortController()
    const asked = assert.rejects(ask(abort.signal), OpenAI.APIUserAbortError)
    await arrived.promise
    abort.abort()
    await Promise.all([asked, stopped.promise])
    await vcr.close()
    assert.deepEqual(printed, [])
    assert.deepEqual(outcomes(vcr), ['dropped'])
  },

  'a client that aborts in the middle of a stream stops the upstream': async (scene) => {
    const { stopped } = await recordOneChunk(scene)
    const abort = new AbortController()
    const response = await fetch(`${API}/chat/completions`, { ...post(1), signal: abort.signal })
    const reader = response.body?.getReader()
    assert.ok((await reader?.read())?.value)
    abort.abort()
    await assert.rejects(async () => reader?.read(), { name: 'AbortError' })
    await stopped
  },

  'a stream that breaks in the middle breaks for the client': async (scene) => {
    const upstream = await scene.upstream((_req, res) => {
      res.writeHead(200, SSE).write(chunk('one'), () => setImmediate(() => res.destroy()))
    })
    const said: unknown[] = []
    for (const mode of ['record', 'replay'] as const) {
      const vcr = await scene.open(mode, {
        keepTruncated: true,
        ...(mode === 'record' ? { upstream: upstream.url } : {}),
      })
      const server = scene.listen('error', ...cassetteHandlers(vcr))
      await assert.rejects(async () => {
        for await (const { choices } of await ask()) said.push(choices[0]?.delta.content)
      })
      server.close()
      await vcr.close()
    }
    assert.deepEqual(said, ['one', 'one'])
  },

  'fifty at once get an answer each': (scene) =>
    scene.recordThenReplay(
      async (req, res) => void res.end(await readAll(req)),
      50,
      async (vcr) => {
        const server = scene.listen('error', ...cassetteHandlers(vcr))
        const numbers = Array.from({ length: 50 }, (_, n) => n)
        const got = await Promise.all(numbers.map((n) => text(`${API}/echo`, post(n))))
        assert.deepEqual(
          got,
          numbers.map((n) => `{"n":${n}}`),
        )
        server.close()
      },
    ),
}
