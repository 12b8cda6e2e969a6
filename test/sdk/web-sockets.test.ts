import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { type JournalEntry, openCassette } from '../../src/index.ts'
import { type ServerOptions, startServer } from '../../src/server/start.ts'
import { startStandIn } from '../stand-in/start.ts'
import { KEY } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'
import {
  realtimeOverWebSocket,
  realtimeOverWs,
  responsesOverWs,
  type SocketScenario,
} from './socket-scenarios.ts'

const SPOKEN = expect.objectContaining({ type: 'response.output_audio.delta' }) as unknown
const CALLED = expect.objectContaining({ type: 'response.function_call_arguments.done' }) as unknown
const COMPLETED = expect.objectContaining({ type: 'response.completed' }) as unknown

interface Opening {
  readonly mode: 'record' | 'replay'
  readonly dir: string
  readonly upstream: string
}

interface Opened {
  readonly client: OpenAI
  end(): Promise<readonly JournalEntry[]>
}

type Way = (opening: Opening) => Promise<Opened>

const throughServer =
  (more: ServerOptions): Way =>
  async (opening) => {
    const server = await startServer({ ...opening, ...more, cassette: 'c', repeat: 'error' })
    onTestFinished(async () => void (await server.close()))
    if (server.certificate !== undefined) await trust(server.certificate)
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY })
    return { client, end: async () => (await server.close()).journal }
  }

const inProcess: Way = async (opening) => {
  const vcr = await openCassette('c', opening)
  const network = await intercept(vcr)
  const close = async (): Promise<void> => {
    await vcr.close()
    await network.stop()
  }
  onTestFinished(close)
  return { client: new OpenAI({ apiKey: KEY }), end: () => close().then(() => vcr.journal) }
}

const WAYS = {
  "the server's TLS": throughServer({ tls: true }),
  'the server without TLS': throughServer({}),
  'a process': inProcess,
} as const satisfies Readonly<Record<string, Way>>

interface Case {
  readonly run: SocketScenario
  readonly expected: readonly unknown[]
  readonly ways: readonly (keyof typeof WAYS)[]
}

const cases: Readonly<Record<string, Case>> = {
  'openai/realtime/ws': {
    run: realtimeOverWs,
    expected: [CALLED, SPOKEN],
    ways: ["the server's TLS", 'a process'],
  },
  'openai/realtime/websocket': {
    run: realtimeOverWebSocket,
    expected: [CALLED, SPOKEN],
    ways: ["the server's TLS", 'a process'],
  },
  'Responses over a WebSocket': {
    run: responsesOverWs,
    expected: [COMPLETED],
    ways: ["the server's TLS", 'the server without TLS', 'a process'],
  },
}

for (const [name, { run, expected, ways }] of Object.entries(cases)) {
  for (const recorder of ways) {
    test(`${name}: recorded through ${recorder}, and replayed through each with the upstream gone`, async () => {
      const [dir, standIn] = [await tempDir(), await startStandIn()]
      onTestFinished(standIn.close)
      const recorded = await talk(WAYS[recorder], { mode: 'record', dir, upstream: standIn.url }, run)
      await standIn.close()
      expect(recorded.told).toEqual(expect.arrayContaining([...expected]))
      expect(recorded.outcomes).toEqual(['recorded'])
      for (const player of ways) {
        const replayed = await talk(WAYS[player], { mode: 'replay', dir, upstream: standIn.url }, run)
        expect(replayed.told, player).toEqual(recorded.told)
        expect(replayed.outcomes, player).toEqual(['hit'])
      }
    })
  }
}

async function talk(
  way: Way,
  opening: Opening,
  run: SocketScenario,
): Promise<{ told: readonly unknown[]; outcomes: string[] }> {
  const { client, end } = await way(opening)
  const told = await run(client)
  return { told, outcomes: (await end()).map(({ outcome, reason }) => reason ?? outcome) }
}

/** What NODE_EXTRA_CA_CERTS does when a process starts. */
async function trust(certificate: string): Promise<void> {
  const ca = await readFile(certificate, 'utf8')
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca])
}
