import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'
import { startStandIn } from '../stand-in/start.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

test('a data: URL, by which the client finds out what its fetch can do, is no request to the API', async () => {
  const upstream = await localUpstream((_, res) => void res.end('{}'))
  await using vcr = await openCassette('probe', {
    mode: 'record',
    dir: await tempDir(),
    upstream: upstream.url,
  })
  const response = await vcr.fetch('data:text/plain,hello')
  expect(await response.text()).toBe('hello')
  expect(vcr.journal).toEqual([])
  expect(upstream.asked()).toBe(0)
})

test('an error that the client throws away to ask again is recorded', async () => {
  const upstream = await localUpstream((_, res) => {
    res.writeHead(429, { 'content-type': 'application/json' })
    res.write('{"error":')
    setImmediate(() => res.end('null}'))
  })
  await using vcr = await openCassette('unread', {
    mode: 'record',
    dir: await tempDir(),
    upstream: upstream.url,
  })
  const response = await vcr.fetch('https://api.openai.com/v1/models')
  await response.body?.cancel()
  await vcr.close()
  expect(vcr.journal).toMatchObject([{ status: 429, outcome: 'recorded' }])
})

test('MSW answers a client that was made beforehand and given no fetch', async () => {
  const standIn = await startStandIn()
  onTestFinished(standIn.close)
  const client = new OpenAI({ apiKey: 'sk-any' })
  await using vcr = await openCassette('plain', {
    mode: 'record',
    dir: await tempDir(),
    upstream: standIn.url,
  })
  await using _ = await intercept(vcr)
  expect((await client.models.list()).data).toContainEqual(expect.objectContaining({ id: 'gpt-4o-mini' }))
  expect(standIn.requests).toHaveLength(1)
})
