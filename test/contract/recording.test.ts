import { expect, test } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import { post, readEvent, STREAM } from './talking.ts'

test('a client that leaves at [DONE] has recorded all of it, even if the upstream never closes', async () => {
  const upstream = await localUpstream((_req, res) => {
    res.writeHead(200, STREAM).write('data: {"n":1}\n\ndata: [DONE]\n\n')
  })
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  const response = await vcr.fetch('https://api.openai.com/v1/chat/completions', post({}))
  const reader = response.body!.getReader()
  for (let text = ''; !text.includes('[DONE]');) text += await readEvent(reader)
  await reader.cancel()
  await upstream.close()
  expect(await vcr.close()).toMatchObject({ added: 1 })
})

test('an upstream that never ends is dropped when the session is closed, and the client breaks off', async () => {
  const upstream = await localUpstream((_req, res) => {
    res.writeHead(200, STREAM).write('data: {"n":1}\n\n')
  })
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  const reader = (await vcr.fetch('https://api.openai.com/v1/x', post({}))).body!.getReader()
  expect(await readEvent(reader)).toBe('data: {"n":1}\n\n')
  const reading = reader.read()
  await Promise.all([expect(reading).rejects.toThrow('terminated'), vcr.close({ keep: false })])
  const reason = 'the session was closed before the response ended'
  expect(vcr.journal).toMatchObject([{ outcome: 'dropped', reason }])
})
