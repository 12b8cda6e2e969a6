import { Readable } from 'node:stream'
import nock from 'nock'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { tempDir } from '../support/temp.ts'
import { file, gate } from '../contract/talking.ts'

const HOST = 'https://api.openai.com'
const KEY = 'sk-proj-7d2Kf9QwErTyUiOpAsDfGhJkLzXcVbNm'
const EVENTS = ['data: {"n":1}\n\n', 'data: {"n":2}\n\ndata: [DONE]\n\n'] as const
const CHAT = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"stream":true}' }

/** What was asked, by those who may ask: the key, and the body. */
interface Api {
  readonly asked: string[]
  /** Lets the second event come. */
  readonly goOn: () => void
}

/** OpenAI's host, as nock plays it: one chat completion, streamed. All other hosts but this machine are refused. */
function openaiByNock(): Api {
  const [asked, seen] = [[] as string[], gate()]
  async function* events(): AsyncGenerator<Buffer> {
    yield Buffer.from(EVENTS[0])
    await seen.opened
    yield Buffer.from(EVENTS[1])
  }
  nock(HOST)
    .post('/v1/chat/completions')
    .reply(async (request: Request) => {
      asked.push(request.headers.get('authorization') ?? '', await request.text())
      const headers = [
        'content-type',
        'text/event-stream',
        'x-request-id',
        'req_1',
        'transfer-encoding',
        'chunked',
      ]
      return [200, Readable.from(events()), headers]
    })
  nock.disableNetConnect()
  nock.enableNetConnect('127.0.0.1')
  onTestFinished(() => {
    nock.cleanAll()
    nock.enableNetConnect()
  })
  return { asked, goOn: seen.open }
}

interface Way {
  readonly base: string
  readonly ask: (url: string, init: RequestInit) => Promise<Response>
  close(): Promise<unknown>
}

const ways: Readonly<Record<string, (mode: 'record' | 'replay', dir: string) => Promise<Way>>> = {
  'vcr.fetch': async (mode, dir) => {
    const vcr = await openCassette('c', { mode, dir })
    return { base: HOST, ask: vcr.fetch, close: () => vcr.close() }
  },
  'the standalone server': async (mode, dir) => {
    const server = await startServer({ mode, dir, cassette: 'c' })
    return { base: server.url, ask: fetch, close: () => server.close() }
  },
}

for (const [way, open] of Object.entries(ways)) {
  test(`${way} records from https://api.openai.com itself, streamed and with the key, and replays it`, async () => {
    vi.stubEnv('OPENAI_API_KEY', KEY)
    onTestFinished(() => void vi.unstubAllEnvs())
    const api = openaiByNock()
    const dir = await tempDir()
    const recording = await open('record', dir)
    const response = await recording.ask(`${recording.base}/v1/chat/completions`, CHAT)
    const reader = response.body!.getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(EVENTS[0])
    api.goOn()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(EVENTS[1])
    expect((await reader.read()).done).toBe(true)
    await recording.close()
    expect(api.asked).toEqual([`Bearer ${KEY}`, CHAT.body])
    expect(await file(dir)).toContain('upstream: https://api.openai.com')
    expect(await file(dir)).not.toContain(KEY)
    nock.cleanAll()
    const replaying = await open('replay', dir)
    const again = await replaying.ask(`${replaying.base}/v1/chat/completions`, CHAT)
    expect([again.headers.get('x-request-id'), await again.text()]).toEqual(['req_1', EVENTS.join('')])
    await replaying.close()
  })
}

test('an upstream that does not respond is reported with its host', async () => {
  openaiByNock()
  nock(HOST)
    .get('/v1/models')
    .replyWithError(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))
  await using vcr = await openCassette('c', { mode: 'record', dir: await tempDir() })
  const message = 'no response from the upstream https://api.openai.com: it refused the connection'
  await expect(vcr.fetch(`${HOST}/v1/models`)).rejects.toMatchObject({
    cause: { code: 'ECONNREFUSED', message: expect.stringContaining(message) },
  })
})
