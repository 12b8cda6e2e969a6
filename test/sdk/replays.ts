import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { type StandIn, startStandIn } from '../stand-in/start.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import { chatScenarios } from './chat-scenarios.ts'
import { errorScenarios } from './error-scenarios.ts'
import { mediaScenarios } from './media-scenarios.ts'
import { responsesScenarios } from './responses-scenarios.ts'
import type { Scenario } from './scenario.ts'
import { runScenarios } from './run-scenarios.ts'
import { storageScenarios } from './storage-scenarios.ts'
import { streamScenarios } from './stream-scenarios.ts'
import { uploadScenarios } from './upload-scenarios.ts'
import { type Ended, type Opened, type Opening, type Way, WAYS } from './ways.ts'
import { type Witnessed, witness } from './witness.ts'

const scenarios = [
  chatScenarios,
  streamScenarios,
  responsesScenarios,
  mediaScenarios,
  uploadScenarios,
  storageScenarios,
  runScenarios,
  errorScenarios,
].flat()

const KEY = 'sk-proj-Jq7Tz2LmX9vBn4KdRw8sYh3C'

/** A test for each scenario: recorded through this way, then replayed through these with the upstream gone. */
export function replaysEverything(
  way: Way,
  players: readonly Way[] = WAYS,
  chosen: (n: number) => boolean = () => true,
): void {
  const replay =
    players === WAYS ? 'each way replays' : `${players.map(({ name }) => name).join(' and ')} replays`
  for (const scenario of scenarios.filter((_, n) => chosen(n)))
    test(`${way.name} records, and ${replay}, ${scenario.name}`, () => replays(way, players, scenario))
}

async function replays(way: Way, players: readonly Way[], scenario: Scenario): Promise<void> {
  const dir = await tempDir()
  const original = await standIn()
  const direct = await run(scenario, { baseURL: `${original.url}/v1`, fetch, apiKey: KEY })
  expect(direct.result).toMatchObject(scenario.expected as object)

  const upstream = await standIn()
  const recorded = await runThrough(way, scenario, { mode: 'record', dir, upstream: upstream.url }, KEY)
  expect(recorded.result).toStrictEqual(direct.result)
  expect(recorded.seen).toEqual(direct.seen)
  expect(outcomes(recorded)).toEqual(upstream.requests.map(() => 'recorded'))
  expect(traces(upstream)).toEqual(traces(original))
  const kept = await textOf(dir)
  for (const key of keysSeenBy(upstream)) expect(kept).not.toContain(key)
  await upstream.close()

  for (const player of players) await replaysThrough(player, scenario, recorded, dir)
}

async function replaysThrough(
  way: Way,
  scenario: Scenario,
  recorded: Run & Ended,
  dir: string,
): Promise<void> {
  const nobody = await localUpstream((_, res) => void res.writeHead(500).end())
  const replayed = await runThrough(way, scenario, { mode: 'replay', dir, upstream: nobody.url }, 'none')
  expect(replayed.result, way.name).toStrictEqual(recorded.result)
  expect(replayed.seen, way.name).toEqual(recorded.seen)
  expect(outcomes(replayed), way.name).toEqual(recorded.journal.map(() => 'hit'))
  expect(replayed.unused, way.name).toBe(0)
  expect(nobody.asked()).toBe(0)
}

async function standIn(): Promise<StandIn> {
  const started = await startStandIn()
  onTestFinished(started.close)
  return started
}

interface Run {
  readonly result: unknown
  readonly seen: readonly Witnessed[]
}

async function run(scenario: Scenario, options: Opened['client'] & { apiKey: string }): Promise<Run> {
  const { fetch, seen } = witness(options.fetch)
  const result = await scenario.run(new OpenAI({ ...options, fetch }))
  return { result, seen: seen.toSorted((a, b) => order(a).localeCompare(order(b))) }
}

async function runThrough(
  way: Way,
  scenario: Scenario,
  opening: Opening,
  apiKey: string,
): Promise<Run & Ended> {
  const { client, end } = await way.open(opening)
  const ran = await run(scenario, { ...client, apiKey })
  return { ...ran, ...(await end()) }
}

/** Requests made at once are answered in whatever order. */
function order(seen: Witnessed): string {
  return JSON.stringify(seen)
}

function outcomes({ journal }: Ended): string[] {
  return journal.map(({ outcome }) => outcome)
}

/** What the upstream can tell of who asks: it is to see the client, and nothing of what is between. */
function traces({ requests }: StandIn): unknown[] {
  const seen = requests.map(({ method, path: target, headers }) => ({
    method,
    target,
    headers: Object.entries(headers)
      .filter(([name]) => !OF_FETCH.has(name))
      .map(([name, value]) => [name, String(value).replace(/boundary=.*/, '')])
      .toSorted(),
  }))
  return seen.map((each) => JSON.stringify(each)).toSorted()
}

/** Headers that whatever implements fetch sets by itself; how a body is framed is each connection's own. */
const OF_FETCH = new Set([
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'host',
  'sec-fetch-mode',
  'transfer-encoding',
])

function keysSeenBy({ requests }: StandIn): Set<string> {
  return new Set(requests.map(({ headers }) => String(headers.authorization).replace('Bearer ', '')))
}

async function textOf(dir: string): Promise<string> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true })
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(path.join(file.parentPath, file.name), 'latin1'))
  return (await Promise.all(texts)).join('\n')
}
