import { spawn } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { CLI, finished, surroundings } from '../support/cli.ts'
import { localUpstream } from '../support/upstream.ts'
import { readCassettes, chat, completion } from './rerecord-cassettes.ts'
import { fileIn, rerecord } from './rerecording.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

/** Answers as a list says, then as a model does. */
async function upstreamOf(first: readonly (readonly [number, Record<string, string>?])[]) {
  let at = 0
  return localUpstream((_req, res) => {
    const [status, headers = {}] = first[at++] ?? [200]
    res.writeHead(status, { ...JSON_TYPE, ...headers })
    res.end(
      JSON.stringify(
        status === 200
          ? completion('gpt-4o-mini', 'anew', 10)
          : { error: { message: 'not now', code: 'some_code' } },
      ),
    )
  })
}

test('a 429 is retried after its retry-after, and so are 500 and 503; only the last response is recorded', async () => {
  const dir = await readCassettes({ chain: [chat('one')] })
  const soon = { 'retry-after-ms': '1' }
  const upstream = await upstreamOf([
    [429, soon],
    [503, soon],
    [500, { 'retry-after': '0' }],
  ])
  const { status, stderr } = await rerecord(dir, upstream.url)
  expect(stderr).toContain('chain: POST /v1/chat/completions: status 429; retrying in 1 ms (attempt 2 of 6)')
  expect(stderr).toContain('status 503; retrying in 1 ms (attempt 3 of 6)')
  expect(stderr).toContain('status 500; retrying in 0 ms (attempt 4 of 6)')
  expect(upstream.asked()).toBe(4)
  expect(stderr).toContain('chain.yaml: 1 interaction')
  const text = await fileIn(dir)
  expect(text.match(/status: \d+/g)).toEqual(['status: 200'])
  expect(status).toBe(0)
})

test('what does not end after six tries is a status that was not recorded', async () => {
  const dir = await readCassettes({ chain: [chat('one')] })
  const upstream = await upstreamOf(Array.from({ length: 9 }, () => [503, { 'retry-after-ms': '1' }]))
  const { status, stderr } = await rerecord(dir, upstream.url)
  expect(upstream.asked()).toBe(6)
  expect(stderr).toContain('the status was 200 and is now 503: not now')
  expect(status).toBe(1)
})

test('an exhausted quota is not retried', async () => {
  const dir = await readCassettes({ chain: [chat('one')] })
  const upstream = await localUpstream((_req, res) => {
    res.writeHead(429, JSON_TYPE).end('{"error":{"message":"pay first","code":"insufficient_quota"}}')
  })
  const { stderr } = await rerecord(dir, upstream.url)
  expect(upstream.asked()).toBe(1)
  expect(stderr).toContain('the status was 200 and is now 429: pay first')
})

test('recorded errors that come back the same are recorded again, retryable ones too', async () => {
  const errors = [400, 401, 404, 503].map((status) => chat(`wrong ${status}`, { status, said: 'old words' }))
  const dir = await readCassettes({ errors })
  const keys: (string | undefined)[] = []
  const upstream = await localUpstream(async (req, res) => {
    const body = Buffer.concat(await req.toArray()).toString()
    keys.push(req.headers.authorization)
    res.writeHead(Number(/wrong (\d+)/.exec(body)?.[1]), { ...JSON_TYPE, 'retry-after-ms': '1' })
    res.end('{"error":{"message":"new words","type":"error","code":null}}')
  })
  const { stderr } = await rerecord(dir, upstream.url)
  expect(stderr).toContain('errors.yaml: 4 interactions')
  expect(upstream.asked()).toBe(4)
  const text = await fileIn(dir, 'errors')
  expect(text.match(/status: \d+/g)).toEqual([400, 401, 404, 503].map((status) => `status: ${status}`))
  expect(text).not.toContain('old words')
  // What was refused for its key was asked with one that is refused.
  expect(new Set(keys).size).toBe(2)
  expect(keys[1]).not.toBe(keys[0])
})

test('a recorded failure that the client retried stays, and only the retry is sent', async () => {
  const failure = chat('one', { status: 429, said: 'slow down', headers: { 'retry-after-ms': '9' } })
  const dir = await readCassettes({ chain: [failure, chat('one'), chat('two')] })
  const upstream = await upstreamOf([])
  const { status, stderr } = await rerecord(dir, upstream.url)
  expect(stderr).toContain('chain.yaml: 3 interactions')
  expect({ status, asked: upstream.asked() }).toEqual({ status: 0, asked: 2 })
  const text = await fileIn(dir)
  expect(text.match(/status: \d+|slow down|anew/g)).toEqual(
    'status: 429, slow down, status: 200, anew, status: 200, anew'.split(', '),
  )
  expect(text.match(/recordedAt: .*/g)).toHaveLength(1)
})

test('a key that is refused ends the run: nothing else begins', async () => {
  const dir = await readCassettes({ a: [chat('a')], b: [chat('b')], c: [chat('c')] })
  const upstream = await localUpstream((_req, res) => {
    res.writeHead(401, JSON_TYPE).end('{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}')
  })
  const { status, stderr } = await rerecord(dir, upstream.url, ['--concurrency', '1'])
  expect({ status, asked: upstream.asked() }).toEqual({ status: 1, asked: 1 })
  expect(stderr).toContain('the status was 200 and is now 401: Incorrect API key')
  expect(stderr).toContain("'b' was not started: the API rejected the key")
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} leaves complete files: finished cassettes are written, and the others are unchanged`, async () => {
    const dir = await readCassettes({
      a: [chat('quick')],
      b: [chat('quick'), chat('never')],
      c: [chat('quick')],
    })
    const before = await fileIn(dir, 'b')
    let hangs = (): void => {}
    const hanging = new Promise<void>((resolve) => (hangs = resolve))
    const upstream = await localUpstream(async (req, res) => {
      const body = Buffer.concat(await req.toArray()).toString()
      res.writeHead(200, JSON_TYPE)
      if (!body.includes('never')) return res.end(JSON.stringify(completion('gpt-4o-mini', 'anew', 10)))
      // It has begun to answer, and does not go on.
      res.write('{')
      return hangs()
    })
    const args = ['rerecord', '--yes', '--concurrency', '1', '--cassettes', dir, '--upstream', upstream.url]
    const env = surroundings({ OPENAI_API_KEY: 'sk-of-whoever-rerecords-0123456789' })
    const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = finished(child)
    await hanging
    child.kill(signal)
    const { status, stderr } = await ended
    expect(status).toBe(signal === 'SIGINT' ? 130 : 143)
    expect(stderr).toContain("'b' was stopped")
    expect(stderr).toContain("'c' was not started: the run was stopped")
    expect(await fileIn(dir, 'a')).toContain('anew')
    expect(await fileIn(dir, 'b')).toBe(before)
    expect(await fileIn(dir, 'c')).not.toContain('anew')
  })
}
