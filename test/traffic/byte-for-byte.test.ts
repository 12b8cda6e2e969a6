import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runProgram, startCli } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'
import type { LocalUpstream } from '../support/upstream.ts'
import { cassetteOf, endpointOf, type Exchange, readExchanges, trafficIsThere } from './exchanges.ts'
import { origin } from './origin.ts'
import { difference, type Got, send } from './play.ts'

const ADAPTERS = ['server', 'MSW'] as const
type Adapter = (typeof ADAPTERS)[number]
type Answers = readonly (Got | string)[]

const NOWHERE = 'http://127.0.0.1:9'
const LONG = 240_000

// Said once, so that a run without real traffic is not taken for one with it.
if (!trafficIsThere) process.stderr.write('real traffic is not there: its tests are skipped\n')

for (const gzip of [false, true]) {
  for (const recordedThrough of ADAPTERS) {
    const how = gzip ? 'gzipped' : 'plain'
    test.skipIf(!trafficIsThere)(
      `real traffic, ${how}, recorded through ${recordedThrough}, comes back byte for byte through both`,
      { timeout: LONG },
      async () => {
        const exchanges = readExchanges()
        const dir = await tempDir()
        const upstream = await origin(exchanges, { gzip })
        const [live] = await record(recordedThrough, exchanges, dir, upstream)
        expect(faults(live as Answers, exchanges, 'live'), 'what the client saw while recording').toEqual([])
        await upstream.close()
        const asked = upstream.asked()
        for (const replayedThrough of ADAPTERS) {
          const [first, second] = await replay(replayedThrough, exchanges, dir)
          expect(
            faults(first as Answers, exchanges, 'replayed'),
            `replayed through ${replayedThrough}`,
          ).toEqual([])
          expect(hashes(second as Answers), 'replayed twice').toEqual(hashes(first as Answers))
        }
        expect(upstream.asked(), 'requests that reached the upstream after it was closed').toBe(asked)
        tell(exchanges, `${how}, recorded through ${recordedThrough}`)
      },
    )
  }
}

function record(
  adapter: Adapter,
  exchanges: readonly Exchange[],
  dir: string,
  upstream: LocalUpstream,
): Promise<Answers[]> {
  return adapter === 'MSW'
    ? throughMsw('record', dir, upstream.url, 1)
    : throughServer('record', exchanges, dir, upstream.url, 1)
}

function replay(adapter: Adapter, exchanges: readonly Exchange[], dir: string): Promise<Answers[]> {
  return adapter === 'MSW'
    ? throughMsw('replay', dir, NOWHERE, 2)
    : throughServer('replay', exchanges, dir, NOWHERE, 2)
}

async function throughMsw(mode: string, dir: string, upstream: string, times: number): Promise<Answers[]> {
  const output = path.join(await tempDir(), 'answers.json')
  const { status, stderr } = await runProgram(new URL('msw-player.ts', import.meta.url), [
    mode,
    dir,
    upstream,
    output,
    String(times),
  ])
  expect(status, stderr).toBe(0)
  return JSON.parse(readFileSync(output, 'utf8')) as Answers[]
}

async function throughServer(
  mode: string,
  exchanges: readonly Exchange[],
  dir: string,
  upstream: string,
  times: number,
): Promise<Answers[]> {
  const server = await startCli(['--mode', mode, '--cassettes', dir, '--upstream', upstream])
  const rounds: Answers[] = []
  for (let round = 0; round < times; round++) {
    const got: (Got | string)[] = []
    for (const [i, exchange] of exchanges.entries()) {
      // The header and not the address: these paths begin with all sorts of things.
      const names = { 'x-vcr-session': `round-${round}`, 'x-vcr-cassette': cassetteOf(exchange, exchanges) }
      got.push(await send(server.url, exchange, i, names).catch((error: unknown) => String(error)))
    }
    rounds.push(got)
  }
  expect(await server.stop(), server.output()).toBe(0)
  return rounds
}

function faults(answers: Answers, exchanges: readonly Exchange[], how: 'live' | 'replayed'): string[] {
  return exchanges.flatMap((exchange, i) => {
    const got = answers[i]
    const fault = typeof got === 'object' ? difference(got, exchange, how) : String(got)
    return fault === undefined
      ? []
      : [`${exchange.group} ${exchange.method} ${exchange.path}: ${fault.slice(0, 300)}`]
  })
}

function hashes(answers: Answers): string[] {
  return answers.map((got) => (typeof got === 'object' ? got.sha256 : got))
}

function tell(exchanges: readonly Exchange[], how: string): void {
  const counts = new Map<string, number>()
  for (const exchange of exchanges)
    counts.set(endpointOf(exchange), (counts.get(endpointOf(exchange)) ?? 0) + 1)
  const lines = [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([endpoint, n]) => `${String(n).padStart(5)}  ${endpoint}`)
  process.stdout.write(`${exchanges.length} real exchanges went through, ${how}:\n${lines.join('\n')}\n`)
}
