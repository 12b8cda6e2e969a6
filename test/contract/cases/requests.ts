import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { echoUpstream } from '../echo.ts'
import { testAbility } from '../limits.ts'
import { send, sendWhenTold } from '../sending.ts'
import { opening, post } from '../talking.ts'

export function requestCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: every method, each by itself`, async () => {
    const upstream = await localUpstream((req, res) => void res.end(`${req.method}`))
    const dir = await tempDir()
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY']
    const recording = await record(dir, upstream.url)
    for (const method of methods)
      expect(await (await recording.fetch('/v1/x', { method })).text()).toBe(method)
    await recording.close()
    const replaying = await replay(dir)
    for (const method of methods.toReversed())
      expect(await (await replaying.fetch('/v1/x', { method })).text()).toBe(method)
  })

  test(`${adapter.name}: paths and queries reach the upstream as they were sent`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const targets = [
      '/v1/files?limit=2&after=a%20b&x=1+2',
      '/v1/files?include[]=b&include[]=a&include%5B%5D=c',
      '/v1/files?flag&empty=&=&&a=%2F%3F',
      '/v1/files?',
      '//openai/deployments/gpt%2F4/x;y=z@2:3',
      '/v1/a/b/c~d!$&()*+,=',
      '/',
    ]
    const recording = await record(dir, upstream.url)
    for (const target of targets) await send(recording, target)
    await recording.close()
    expect(upstream.reached.map(({ target }) => target.replace(/\?$/, ''))).toEqual(
      targets.map((target) => target.replace(/\?$/, '')),
    )
    const replaying = await replay(dir)
    for (const target of targets)
      expect([target, (await send(replaying, target)).status]).toEqual([target, 200])
  })

  test(`${adapter.name}: a client's headers reach the upstream, those of our own do not`, async () => {
    const upstream = await echoUpstream()
    const recording = await record(await tempDir(), upstream.url)
    const { body, ...rest } = post({})
    const headers = { ...rest.headers, 'x-mine': 'a, b', 'openai-beta': 'assistants=v2', 'x-empty': '' }
    await (await recording.fetch('/v1/x', { ...rest, body: body as string, headers })).text()
    expect(upstream.reached[0]?.headers).toMatchObject({ ...headers, host: new URL(upstream.url).host })
  })

  test(`${adapter.name}: a body that the client compressed is matched by what it says`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const sent = (level: number) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ text: 'abc'.repeat(100) }), { level }),
    })
    const recording = await record(dir, upstream.url)
    await recording.fetch('/v1/x', sent(1)).then((response) => response.arrayBuffer())
    await recording.close()
    const [reached] = upstream.reached
    const body = reached?.headers['content-encoding'] === 'gzip' ? gunzipSync(reached.body) : reached?.body
    expect(body?.toString()).toBe(JSON.stringify({ text: 'abc'.repeat(100) }))
    const replaying = await replay(dir)
    expect((await replaying.fetch('/v1/x', sent(9))).status).toBe(200)
    expect((await replaying.fetch('/v1/x', post({ text: 'abc'.repeat(100) }))).status).toBe(404)
  })

  testAbility(adapter, 'compressed-request', async () => {
    const upstream = await echoUpstream()
    const recording = await record(await tempDir(), upstream.url)
    const body = gzipSync('{}')
    await send(recording, '/v1/x', { method: 'POST', headers: { 'content-encoding': 'gzip' }, body })
    const [reached] = upstream.reached
    expect([reached?.headers['content-encoding'], reached?.body]).toEqual(['gzip', body])
  })

  testAbility(adapter, 'get-body', async () => {
    const upstream = await echoUpstream()
    const recording = await record(await tempDir(), upstream.url)
    const headers = { 'content-type': 'text/plain', 'content-length': '4' }
    const { status, body } = await send(recording, '/v1/x', { method: 'GET', headers, body: 'body' })
    expect([status, body.toString(), upstream.reached[0]?.body.toString()]).toEqual([200, 'body', 'body'])
  })

  test(`${adapter.name}: a body that comes in chunks, its length unknown, is the same body`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const bytes = new TextEncoder().encode(JSON.stringify({ text: 'in pieces' }))
    const pieces = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        start(controller) {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
          controller.close()
        },
      })
    const headers = { 'content-type': 'application/json' }
    const chunked = (): RequestInit => ({ method: 'POST', headers, body: pieces(), duplex: 'half' })
    const recording = await record(dir, upstream.url)
    expect(await (await recording.fetch('/v1/x', chunked())).text()).toBe('{"text":"in pieces"}')
    await recording.close()
    expect(upstream.reached.map(({ body }) => body.toString())).toEqual(['{"text":"in pieces"}'])
    const replaying = await replay(dir, { repeat: 'last' })
    expect((await replaying.fetch('/v1/x', chunked())).status).toBe(200)
    expect((await replaying.fetch('/v1/x', post({ text: 'in pieces' }))).status).toBe(200)
    expect((await replaying.fetch('/v1/x', post({ text: 'others' }))).status).toBe(404)
  })

  testAbility(adapter, 'expect-continue', async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    for (const mode of ['record', 'replay'] as const) {
      const subject = await (mode === 'record' ? record(dir, upstream.url) : replay(dir))
      expect((await sendWhenTold(subject, '/v1/x', '{"n":1}')).toString()).toBe('{"n":1}')
      await subject.close()
    }
    expect(upstream.reached.map(({ headers }) => headers['expect'])).toEqual([undefined])
  })
}
