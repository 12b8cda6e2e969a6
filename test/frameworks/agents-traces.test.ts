import {
  BatchTraceProcessor,
  getGlobalTraceProvider,
  OpenAITracingExporter,
  setTraceProcessors,
  setTracingDisabled,
} from '@openai/agents'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { run } from '../../examples/frameworks/openai-agents.ts'
import { throughMsw, throughServer } from '../sdk/ways.ts'
import { type StandIn, startStandIn } from '../stand-in/start.ts'
import { tempDir } from '../support/temp.ts'
import { outcomes, through } from './through.ts'

await import('../../examples/loopback-only.ts')

// The library exports no traces where NODE_ENV is `test`.
beforeEach(() => setTracingDisabled(false))
afterEach(() => setTracingDisabled(true))

async function standIn(): Promise<StandIn> {
  const started = await startStandIn()
  onTestFinished(started.close)
  return started
}

/** Runs the agent and sends what it traced. */
async function runTraced(): Promise<void> {
  await run({})
  await getGlobalTraceProvider().forceFlush()
}

test('traces that @openai/agents exports are neither recorded nor missed nor sent, in process', async () => {
  const upstream = await standIn()
  const dir = await tempDir()
  const recorded = await through(throughMsw, { mode: 'record', dir, upstream: upstream.url }, runTraced)
  expect(recorded.journal.map(({ path: asked, outcome }) => `${asked} ${outcome}`)).toEqual([
    '/v1/responses recorded',
    '/v1/responses recorded',
    '/v1/responses recorded',
    '/v1/traces/ingest ignored',
  ])
  expect(upstream.requests.map(({ path: asked }) => asked)).toEqual(Array(3).fill('/v1/responses'))
  expect(await readFile(path.join(dir, 'sdk.yaml'), 'utf8')).not.toContain('trace')

  const replayed = await through(throughMsw, { mode: 'replay', dir, upstream: upstream.url }, runTraced)
  expect(outcomes(replayed)).toEqual(['hit', 'hit', 'hit', 'ignored'])
  expect(replayed.unused).toBe(0)
  expect(upstream.requests).toHaveLength(3)
})

test('traces whose exporter is pointed at the server are neither recorded nor missed nor sent', async () => {
  const upstream = await standIn()
  const dir = await tempDir()
  for (const [mode, answered] of [
    ['record', 'recorded'],
    ['replay', 'hit'],
  ] as const) {
    const ended = await through(throughServer, { mode, dir, upstream: upstream.url }, async () => {
      const endpoint = `${process.env['OPENAI_BASE_URL']}/traces/ingest`
      setTraceProcessors([new BatchTraceProcessor(new OpenAITracingExporter({ endpoint }))])
      await runTraced()
    })
    expect(outcomes(ended)).toEqual([answered, answered, answered, 'ignored'])
  }
  expect(upstream.requests.map(({ path: asked }) => asked)).toEqual(Array(3).fill('/v1/responses'))
})
