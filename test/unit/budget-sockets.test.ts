import { expect, test } from 'vitest'
import { startStandIn } from '../stand-in/start.ts'
import { REALTIME, recorded, serve } from '../support/conversing.ts'
import { talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'

const REFUSED = /^Error: 429 .*"code": "insufficient_quota"/s

test('a WebSocket over the budget is refused as it opens, and nothing is sent or used up', async () => {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  const open = { dir, upstream: upstream.url }
  await recorded(open, async () => {})
  const before = upstream.requests.length
  for (const mode of ['replay', 'record', 'live'] as const) {
    const server = await serve({ ...open, mode, budget: { tokens: 0 } })
    await expect(talkTo(server.url + REALTIME).catch(String), mode).resolves.toMatch(REFUSED)
    const { journal, unused } = await server.close()
    expect(journal, mode).toMatchObject([
      { outcome: 'faulted', status: 429, reason: 'over the budget: 0 of 0 tokens used' },
    ])
    expect(unused, mode).toHaveLength(mode === 'replay' ? 1 : 0)
  }
  expect(upstream.requests).toHaveLength(before)
  await upstream.close()
})

test('a conversation counts once it is over: the next one is refused', async () => {
  const upstream = await startStandIn()
  const options = { dir: await tempDir(), upstream: upstream.url, budget: { tokens: 1 } }
  for (const mode of ['record', 'replay'] as const) {
    const server = await serve({ ...options, mode })
    const talk = await talkTo(server.url + REALTIME)
    talk.say({ type: 'response.create' })
    await talk.hearUntil('response.done')
    await talk.close(1000, 'bye')
    await expect(talkTo(server.url + REALTIME).catch(String), mode).resolves.toMatch(REFUSED)
    await server.close()
  }
  await upstream.close()
})
