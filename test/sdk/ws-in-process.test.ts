import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { type CassetteOptions, openCassette } from '../../src/index.ts'
import { startStandIn } from '../stand-in/start.ts'
import { KEY } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'
import { realtimeOverWebSocket, realtimeOverWs, responsesOverWs } from './socket-scenarios.ts'

test('the official client over ws, over the global WebSocket and over fetch at once, in one process and cassette', async () => {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  onTestFinished(upstream.close)
  const recorded = await converse({ dir, mode: 'record', upstream: upstream.url })
  await upstream.close()
  const replayed = await converse({ dir })
  expect(recorded.outcomes).toEqual(['recorded', 'recorded', 'recorded', 'recorded'])
  expect(replayed.outcomes).toEqual(['hit', 'hit', 'hit', 'hit'])
  expect(replayed.told).toEqual(recorded.told)
  const types = recorded.told.map((events) => events.map(({ type }) => type))
  expect(types[0]).toContain('response.output_audio.delta')
  expect(types[1]).toContain('response.output_audio.delta')
  expect(types[2]?.filter((type) => type === 'response.completed')).toHaveLength(2)
})

interface Told {
  readonly type?: string
}

async function converse(
  options: CassetteOptions,
): Promise<{ told: readonly (readonly Told[])[]; outcomes: readonly string[] }> {
  const vcr = await openCassette('c', options)
  await using _ = await intercept(vcr)
  const client = new OpenAI({ apiKey: KEY })
  const first = await realtimeOverWs(client)
  const [second, third, models] = await Promise.all([
    realtimeOverWebSocket(client),
    responsesOverWs(client),
    client.models.list(),
  ])
  await vcr.close()
  return {
    told: [first, second, third, models.data.map(({ id }) => ({ type: id }))] as readonly (readonly Told[])[],
    outcomes: vcr.journal.map(({ outcome, reason }) => reason ?? outcome),
  }
}
