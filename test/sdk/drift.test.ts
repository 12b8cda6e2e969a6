import OpenAI from 'openai'
import { expect, test } from 'vitest'
import type { Cassette } from '../../src/cassette/cassette.ts'
import { driftOf } from '../../src/drift/drift.ts'
import { readCassette } from '../../src/engine/library/read-cassette.ts'
import { openCassette } from '../../src/index.ts'
import { FileStore } from '../../src/node/file-store.ts'
import { driftRules } from '../../src/openai/drift/drift-rules.ts'
import { startStandIn } from '../stand-in/start.ts'
import type { Switches } from '../stand-in/switches.ts'
import { type ChangeTexts, textsOf } from '../support/drifting.ts'
import { tempDir } from '../support/temp.ts'
import { chatScenarios } from './chat-scenarios.ts'
import { mediaScenarios } from './media-scenarios.ts'
import { responsesScenarios } from './responses-scenarios.ts'
import { runScenarios } from './run-scenarios.ts'
import type { Scenario } from './scenario.ts'
import { storageScenarios } from './storage-scenarios.ts'
import { streamScenarios } from './stream-scenarios.ts'

const scenarios = [
  chatScenarios,
  streamScenarios,
  responsesScenarios,
  mediaScenarios,
  storageScenarios,
  runScenarios,
].flat()

for (const scenario of scenarios)
  test(`two recordings with ids and times of their own have no drift: ${scenario.name}`, async () => {
    expect(await driftOfTwo(scenario, { fresh: true })).toEqual({ kind: [], words: [] })
  })

test('answers in other words are another recording in words alone', async () => {
  const told = await Promise.all(
    scenarios.map((scenario) => driftOfTwo(scenario, { fresh: true, words: true })),
  )
  expect(told.flatMap(({ kind }) => kind)).toEqual([])
  expect(told.filter(({ words }) => words.length > 0).length).toBeGreaterThan(5)
})

test('tools that are called in another order are told by it', async () => {
  const told = await Promise.all(
    chatScenarios.map((scenario) => driftOfTwo(scenario, { fresh: true, tools: 'other' })),
  )
  expect(told.flatMap(({ kind }) => kind)).toEqual([])
  expect(told.flatMap(({ words }) => words.filter((each) => each.startsWith('order of ')))).toEqual([
    'order of $.choices[].message.tool_calls[]: ["get_weather","get_time"] → ["get_time","get_weather"]',
  ])
})

for (const [what, switches, said] of [
  ['no tools', { tools: 'none' }, /^\$\.choices\[\]\.finish_reason: "tool_calls" → "stop"$/],
  ['other arguments', { arguments: true }, /\.tool_calls\[get_weather\]\.function\.arguments\.city: "/],
  ['an end in the middle', { short: true }, /^\$\.choices\[\]\.finish_reason: "stop" → "length"/],
] as const)
  test(`${what} are another kind`, async () => {
    const told = await Promise.all(
      chatScenarios.map((scenario) =>
        driftOfTwo(scenario, { fresh: true, ...switches }).catch((error: unknown) => {
          // The client itself does not take what ends in the middle of its JSON.
          if (error instanceof OpenAI.OpenAIError) return undefined
          throw error
        }),
      ),
    )
    expect(told.flatMap((each) => each?.kind ?? []).filter((kind) => said.test(kind)).length).toBeGreaterThan(
      0,
    )
  })

async function driftOfTwo(scenario: Scenario, switches: Switches): Promise<ChangeTexts> {
  const [before, after] = [await recordedFirst(scenario), await recorded(scenario, switches)]
  expect(before.interactions.length).toBeGreaterThan(0)
  expect(before).not.toEqual(after)
  return textsOf(driftOf(before, after, driftRules))
}

const first = new Map<Scenario, Promise<Cassette>>()

/** The recording that all others of a scenario are compared with. */
function recordedFirst(scenario: Scenario): Promise<Cassette> {
  const known = first.get(scenario) ?? recorded(scenario, { fresh: true })
  first.set(scenario, known)
  return known
}

async function recorded(scenario: Scenario, switches: Switches): Promise<Cassette> {
  const dir = await tempDir()
  const upstream = await startStandIn(switches)
  const vcr = await openCassette('sdk', { mode: 'record', dir, upstream: upstream.url })
  await scenario.run(new OpenAI({ fetch: vcr.fetch, apiKey: 'sk-proj-Jq7Tz2LmX9vBn4KdRw8sYh3C' }))
  await vcr.close()
  await upstream.close()
  const { cassette } = await readCassette(new FileStore(dir), 'sdk')
  return { ...(cassette as Cassette), upstream: 'https://api.openai.com' }
}
