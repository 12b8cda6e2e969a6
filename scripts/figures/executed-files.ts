import { Session } from 'node:inspector/promises'
import { chat, type Exchange, stream } from '../../bench/exchanges.ts'
import type * as library from '../../src/index.ts'
import type * as serverEntry from '../../src/server/start.ts'

/** The package as it is built: a file in it is one of src/. */
const DIST = new URL('../../dist/', import.meta.url).href

/** Requests before the one that counts: by then all is loaded that is loaded once, and remembered that is. */
const WARM_UP = 20

/** Records what `filesOfReplay` sends. */
export async function recordChats(dir: string, upstream: string): Promise<void> {
  const { openCassette } = await loadLibrary()
  const vcr = await openCassette('chat', { dir, mode: 'record', upstream: `${upstream}/chat` })
  for (let n = 0; n <= WARM_UP; n++) await send(vcr.fetch, `${upstream}/chat`, chat, n)
  await vcr.close()
}

/**
 * The files that are executed while the standalone server replays the answer to a POST.
 * @param repeated whether the server has seen the POST before
 */
export async function filesOfReplay(dir: string, repeated: boolean): Promise<readonly string[]> {
  const { startServer } = (await import(`${DIST}server/start.js`)) as typeof serverEntry
  const server = await startServer({ dir, cassette: 'chat', mode: 'replay' })
  try {
    return await filesOf((n) => send(fetch, server.url, chat, repeated ? 0 : n))
  } finally {
    await server.close()
  }
}

/** The same for a stream of 300 events that `vcr.fetch` gets from the upstream and records, to the end of its body. */
export async function filesOfRecording(dir: string, upstream: string): Promise<readonly string[]> {
  const { openCassette } = await loadLibrary()
  const vcr = await openCassette('stream', { dir, mode: 'record', upstream: `${upstream}/stream` })
  try {
    return await filesOf((n) => send(vcr.fetch, `${upstream}/stream`, stream, n))
  } finally {
    await vcr.close()
  }
}

async function loadLibrary(): Promise<typeof library> {
  return import(`${DIST}index.js`)
}

/** The files of dist/ with a function that V8 calls during the last of many requests. */
async function filesOf(request: (n: number) => Promise<void>): Promise<readonly string[]> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  for (let n = 0; n < WARM_UP; n++) await request(n)
  // Each time it is taken, the counts begin anew.
  await session.post('Profiler.takePreciseCoverage')
  await request(WARM_UP)
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()
  return result
    .filter(({ url }) => url.startsWith(DIST))
    .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
    .map(({ url }) => url.slice(DIST.length))
    .toSorted()
}

/** Sends request number `n`, different from all others, and reads the answer to its end. */
async function send(via: typeof fetch, base: string, exchange: Exchange, n: number): Promise<void> {
  const { path, requestHeaders: headers, requestBodies, status } = exchange
  const body = requestBodies[0]?.replace('in 0 days', `in ${n} days`) as string
  const response = await via(base + path, { method: 'POST', headers, body })
  await response.arrayBuffer()
  if (response.status !== status) throw new Error(`status ${response.status} for request ${n}`)
}
