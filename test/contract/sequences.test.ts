import { expect, test } from 'vitest'
import { openCassette, UnusedError } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { localUpstream } from '../support/upstream.ts'
import { cassette, got } from './written.ts'

const two = (): Promise<string> => cassette(got('/v1/a', 'a'), got('/v1/b', 'b'))

test('strictUnused makes it an error to close a replay that left something unplayed', async () => {
  const vcr = await openCassette('c', { mode: 'replay', dir: await two(), strictUnused: true })
  await vcr.fetch('https://api.openai.com/v1/b')
  const error = await vcr.close().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UnusedError)
  expect((error as UnusedError).unused).toEqual([
    { cassette: 'c', position: 0, method: 'GET', path: '/v1/a' },
  ])
  expect((error as UnusedError).message).toContain("interaction 1 of 'c' (GET /v1/a)")
  await expect(vcr.fetch('https://api.openai.com/v1/a'), 'it is closed all the same').rejects.toThrow(
    'closed',
  )
})

test('strictUnused is content when all was played, when the run is thrown away, and where it records', async () => {
  const dir = await two()
  const upstream = await localUpstream((_req, res) => void res.end('new'))
  const strict = { dir, strictUnused: true, upstream: upstream.url } as const
  const all = await openCassette('c', { mode: 'replay', ...strict })
  await all.fetch('https://api.openai.com/v1/a')
  await all.fetch('https://api.openai.com/v1/b')
  await all.close()
  const thrownAway = await openCassette('c', { mode: 'replay', ...strict })
  await thrownAway.close({ keep: false })
  const recording = await openCassette('c', { mode: 'record-missing', ...strict })
  await (await recording.fetch('https://api.openai.com/v1/c')).text()
  expect(await recording.close()).toMatchObject({ added: 1 })
})

test('what a run recorded itself is not unused', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('new'))
  const vcr = await openCassette('c', { mode: 'record-missing', dir: await two(), upstream: upstream.url })
  await (await vcr.fetch('https://api.openai.com/v1/c')).text()
  await vcr.fetch('https://api.openai.com/v1/a')
  await vcr.close()
  expect(vcr.unused().map(({ request }) => request.path)).toEqual(['/v1/b'])
})

test('a server with strictUnused closes, and then says what no session played', async () => {
  const server = await startServer({ cassette: 'c', mode: 'replay', dir: await two(), strictUnused: true })
  await fetch(`${server.url}/s/one/v1/a`)
  await fetch(`${server.url}/s/two/v1/a`)
  await expect(server.close()).rejects.toThrow("interaction 2 of 'c' (GET /v1/b)")
  await expect(fetch(`${server.url}/v1/a`)).rejects.toThrow('fetch failed')
})

test('a server with strictUnused does not ask of a whole directory that all of it be played', async () => {
  const server = await startServer({ mode: 'replay', dir: await two(), strictUnused: true })
  await fetch(`${server.url}/v1/a`)
  expect((await server.close()).unused).toEqual([])
})
