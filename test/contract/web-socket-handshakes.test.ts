import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { expect, test } from 'vitest'
import { startStandIn } from '../stand-in/start.ts'
import { cassetteText, REALTIME, recorded, serve } from '../support/conversing.ts'
import { counting, socketUpstream } from '../support/socket-upstream.ts'
import { KEY, talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'

test('a handshake that the upstream refused is recorded, and refused again', async () => {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  const refused = /^Error: 401 .*Incorrect API key provided/s
  const headers = { authorization: 'Bearer sk-bad-0123456789abcdef' }
  const recording = await serve({ dir, mode: 'record', upstream: upstream.url })
  await expect(talkTo(recording.url + REALTIME, { headers }).catch(String)).resolves.toMatch(refused)
  await recording.close()
  await upstream.close()
  const { url } = await serve({ dir })
  await expect(talkTo(url + REALTIME, { headers }).catch(String)).resolves.toMatch(refused)
})

test('a handshake that was not recorded is a 404 that says so, and so is one more than was recorded', async () => {
  const [dir, upstream] = [await tempDir(), await socketUpstream(counting)]
  await recorded({ dir, upstream: upstream.url }, async () => {})
  const server = await serve({ dir })
  await (await talkTo(server.url + REALTIME)).close()
  const miss = await talkTo(`${server.url}/v1/realtime?model=gpt-other`).catch(String)
  expect(miss).toMatch(/^Error: 404 .*replay_miss/s)
  expect(miss).toMatch(/query\.model.*gpt-realtime.*gpt-other/s)
  await expect(talkTo(server.url + REALTIME).catch(String)).resolves.toMatch(/404 .*replay_exhausted/s)
  // The same address asked plainly is another request.
  expect((await fetch(server.url + REALTIME)).status).toBe(404)
  const { counts } = await server.close()
  expect(counts).toMatchObject({ hit: 1, miss: 2, exhausted: 1 })
})

test('every address of the server takes WebSockets, and a session counts by itself', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream((client, req) => client.send(req.url ?? ''))
  const recording = await serve({ dir, mode: 'record', upstream: upstream.url })
  const talk = await talkTo(`${recording.url}/c/deep/name/v1/realtime?model=m`)
  expect(await talk.hear(1)).toEqual(['/v1/realtime?model=m'])
  await talk.close()
  await recording.close()
  const { url } = await serve({ dir })
  const ways: readonly [string, Record<string, string>][] = [
    ['/c/deep/name/v1/realtime?model=m', {}],
    ['/s/one/c/deep/name/v1/realtime?model=m', {}],
    ['/s/two/v1/realtime?model=m', { 'x-vcr-cassette': 'deep/name' }],
    ['/v1/realtime?model=m', { 'x-vcr-cassette': 'deep/name', 'x-vcr-session': 'three' }],
  ]
  for (const [address, headers] of ways) {
    const again = await talkTo(url + address, { headers })
    expect(await again.hear(1), address).toEqual(['/v1/realtime?model=m'])
  }
  await expect(talkTo(`${url}/_vcr/health`).catch(String)).resolves.toMatch(/404 /)
})

test('no key is kept, from wherever a handshake carries it or a server repeats it, split over deltas too', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream((client) => {
    client.send(JSON.stringify({ type: 'x.delta', delta: `your key is ${KEY.slice(0, 20)}` }))
    client.send(JSON.stringify({ type: 'x.delta', delta: `${KEY.slice(20)}, isn't it` }))
    client.send(
      JSON.stringify({
        type: 'session.created',
        session: { client_secret: { value: 'ek_0123456789abcdef0123456789' } },
      }),
    )
    client.on('message', () => client.close(1000, KEY))
  })
  const recording = await serve({ dir, mode: 'record', upstream: upstream.url })
  const protocols = ['realtime', `openai-insecure-api-key.${KEY}`, 'openai-beta.realtime-v1']
  const talk = await talkTo(
    `${recording.url}/openai/realtime?api-key=azure-key-0123456789&x=1`,
    { headers: {} },
    protocols,
  )
  await talk.hear(3)
  talk.say({ type: 'x', authorization: KEY })
  await talk.closed
  await recording.close()
  expect(talk.socket.protocol).toBe('realtime')
  expect(upstream.asked[0]?.headers).toMatchObject({
    authorization: `Bearer ${KEY}`,
    'sec-websocket-protocol': 'realtime',
  })
  const text = await cassetteText(dir)
  for (const secret of [KEY, KEY.slice(0, 20), KEY.slice(20), 'azure-key', 'ek_0123'])
    expect(text).not.toContain(secret)
  expect(text).toContain('openai-beta: realtime=v1')
  // Another key matches, and a client that offers the subprotocol gets it.
  const { url } = await serve({ dir })
  const again = await talkTo(`${url}/openai/realtime?api-key=another-key-000000&x=1`, {}, [
    'realtime',
    'openai-beta.realtime-v1',
  ])
  expect(String((await again.hear(1))[0])).toContain('your key is sk-redacted')
  expect(again.socket.protocol).toBe('realtime')
})

test('a request that offers another protocol than a WebSocket is answered as if it did not', async () => {
  const { url } = await serve({ dir: await tempDir() })
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' }
  const [response] = (await once(http.get(`${url}/_vcr/health`, { headers }), 'response')) as [
    http.IncomingMessage,
  ]
  expect(response.resume().statusCode).toBe(200)
})

test('a file that was made at the start is what a client trusts, and is gone with the server', async () => {
  const server = await serve({ dir: await tempDir(), tls: true })
  const ca = await readFile(server.certificate ?? '', 'utf8')
  expect(server.url).toMatch(/^https:/)
  await expect(talkTo(server.url + REALTIME).catch(String)).resolves.toMatch(/self-signed/)
  await expect(talkTo(server.url + REALTIME, { ca }).catch(String)).resolves.toMatch(/404 /)
  await server.close()
  await expect(readFile(server.certificate ?? '')).rejects.toThrow('ENOENT')
})
