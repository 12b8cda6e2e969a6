import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningServer, startServer, type ServerOptions } from '../../src/server/start.ts'
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

const scenarios: readonly [name: string, run: SocketScenario, expected: readonly unknown[]][] = [
  ["openai/realtime/ws, over the server's TLS", realtimeOverWs, [CALLED, SPOKEN]],
  ["openai/realtime/websocket, over the server's TLS", realtimeOverWebSocket, [CALLED, SPOKEN]],
  ["Responses over a WebSocket, over the server's TLS", responsesOverWs, [COMPLETED]],
]

for (const [name, run, expected] of scenarios) {
  test(`${name}: recorded, and replayed with the upstream gone`, async () => {
    const [dir, upstream] = [await tempDir(), await startStandIn()]
    const recorded = await talk({ mode: 'record', dir, upstream: upstream.url }, run)
    await upstream.close()
    const replayed = await talk({ mode: 'replay', dir }, run)
    expect(recorded.told).toEqual(expect.arrayContaining([...expected]))
    expect(replayed.told).toEqual(recorded.told)
    expect(recorded.outcomes).toEqual(['recorded'])
    expect(replayed.outcomes).toEqual(['hit'])
  })
}

async function talk(
  options: ServerOptions,
  run: SocketScenario,
): Promise<{ told: readonly unknown[]; outcomes: string[] }> {
  const server: RunningServer = await startServer({ ...options, tls: true, cassette: 'c', repeat: 'error' })
  onTestFinished(async () => void (await server.close()))
  const ca = await readFile(server.certificate ?? '', 'utf8')
  // What NODE_EXTRA_CA_CERTS does when a process starts.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca])
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY })
  const told = await run(client)
  const { journal } = await server.close()
  return { told, outcomes: journal.map(({ outcome, reason }) => reason ?? outcome) }
}
