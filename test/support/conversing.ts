import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { type RunningServer, startServer, type ServerOptions } from '../../src/server/start.ts'
import { type Talk, talkTo } from './talk.ts'

export const REALTIME = '/v1/realtime?model=gpt-realtime'

/** A server with the cassette `talk`. */
export async function serve(options: ServerOptions): Promise<RunningServer> {
  const server = await startServer({ cassette: 'talk', repeat: 'error', ...options })
  onTestFinished(async () => void (await server.close()))
  return server
}

/** Records one conversation; gives what the server said in it. */
export async function recorded(
  options: ServerOptions,
  lead: (talk: Talk) => Promise<unknown>,
  address = REALTIME,
): Promise<readonly (string | Buffer)[]> {
  const server = await serve({ mode: 'record', ...options })
  const talk = await talkTo(server.url + address)
  await lead(talk)
  await talk.close(1000, 'bye')
  const { journal } = await server.close()
  expect(journal.map(({ outcome, reason }) => reason ?? outcome)).toEqual(['recorded'])
  return talk.told
}

export function cassetteText(dir: string): Promise<string> {
  return readFile(path.join(dir, 'talk.yaml'), 'utf8')
}
