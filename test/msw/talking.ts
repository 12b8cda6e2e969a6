import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { intercept, type InterceptOptions } from '../../src/adapters/intercept/intercept.ts'
import { type CassetteOptions, type JournalEntry, openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'

export const REALTIME = 'wss://api.openai.com/v1/realtime?model=gpt-realtime'

export const said = ({ outcome, reason }: JournalEntry): string => reason ?? outcome

/** Plays a cassette to this process. */
export async function playing(
  options: CassetteOptions,
  run: () => Promise<unknown>,
  hosts: InterceptOptions = {},
): Promise<readonly JournalEntry[]> {
  const vcr = await openCassette('c', options)
  const ours = await intercept(vcr, hosts)
  try {
    await run()
  } finally {
    await vcr.close()
    await ours.stop()
  }
  return vcr.journal
}

/** Runs it twice, recording and replaying, and gives what came of each. */
export async function inBothModes<T>(upstream: string, run: () => Promise<T>): Promise<T[]> {
  const dir = await tempDir()
  const heard: T[] = []
  for (const options of [{ mode: 'record', upstream }, {}] as const)
    await playing({ dir, ...options }, async () => heard.push(await run()))
  return heard
}

/** An upstream that says back what it hears, and chooses the subprotocol `second`. */
export async function talkative(
  more: (client: WebSocket) => void = () => {},
): Promise<{ readonly url: string }> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: (offered) => offered.has('second') && 'second',
  })
  server.on('headers', (lines) => lines.push('x-request-id: req_1'))
  server.on('connection', (client) => {
    client.send('welcome')
    client.on('message', (data: Buffer, isBinary) => {
      if (String(data) === 'close') client.close(4001, 'as you say')
      else client.send(data, { binary: isBinary })
    })
    more(client)
  })
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const client of server.clients) client.terminate()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
