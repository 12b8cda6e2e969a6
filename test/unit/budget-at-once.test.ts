import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type CassetteOptions, openCassette } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { REALTIME } from '../support/conversing.ts'
import { socketUpstream } from '../support/socket-upstream.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, type LocalUpstream } from '../support/upstream.ts'

const AT_ONCE = 20
const MODES = ['live', 'record', 'record-missing'] as const
const CHAT = '/v1/chat/completions'

const numbers = Array.from({ length: AT_ONCE }, (_, n) => n)
const refused = Array.from({ length: AT_ONCE - 1 }, () => 429)
const body = (n: number): string =>
  JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: `Count to ${n}.` }] })

/** What is not sent is warned of. */
beforeEach(() => void vi.spyOn(process, 'emitWarning').mockReturnValue())

for (const mode of MODES) {
  test(`${mode}: of ${AT_ONCE} fetches at once, one reaches the upstream on a budget for one`, async () => {
    const upstream = await answering()
    await using vcr = await openCassette('c', await budgetForOne(mode, upstream.url))
    const headers = { 'content-type': 'application/json' }
    const responses = await Promise.all(
      numbers.map((n) => vcr.fetch(upstream.url + CHAT, { method: 'POST', headers, body: body(n) })),
    )
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, ...refused])
    expect(upstream.asked()).toBe(1)
  })

  test(`${mode}: of ${AT_ONCE} requests to the server at once, one reaches the upstream on a budget for one`, async () => {
    const upstream = await answering()
    const url = await serverAt(await budgetForOne(mode, upstream.url))
    // In one packet of one connection: the server begins with all of them before it ends one.
    const requests = numbers.map((n) =>
      lines(
        `POST ${CHAT} HTTP/1.1`,
        'Host: localhost',
        'Content-Type: application/json',
        `Content-Length: ${body(n).length}`,
        '',
        body(n),
      ),
    )
    const socket = await connected(url)
    socket.write(requests.join(''))
    expect(await statusesFrom(socket, AT_ONCE)).toEqual([200, ...refused])
    expect(upstream.asked()).toBe(1)
  })

  test(`${mode}: of ${AT_ONCE} WebSockets at once, one reaches the upstream on a budget for one`, async () => {
    const upstream = await socketUpstream(() => {})
    const url = await serverAt(await budgetForOne(mode, upstream.url))
    const sockets = await Promise.all(numbers.map(() => connected(url)))
    const handshake = lines(
      `GET ${REALTIME} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '',
      '',
    )
    // The last byte of all at once, when all are connected: the server takes one connection in a turn of its event
    // loop, and then reads from all of them in one.
    for (const socket of sockets) socket.write(handshake.slice(0, -1))
    for (let turn = 0; turn < 3 * AT_ONCE; turn++) await setImmediate()
    for (const socket of sockets) socket.write(handshake.slice(-1))
    const statuses = await Promise.all(sockets.map((socket) => statusesFrom(socket, 1)))
    expect(statuses.flat().toSorted()).toEqual([101, ...refused])
    expect(upstream.asked).toHaveLength(1)
  })
}

/** One token: enough for any request, and used up by it. */
async function budgetForOne(mode: (typeof MODES)[number], upstream: string): Promise<CassetteOptions> {
  return { dir: await tempDir(), mode, upstream, budget: { tokens: 1 } }
}

function answering(): Promise<LocalUpstream> {
  return localUpstream((req, res) => {
    req.resume()
    res.setHeader('content-type', 'application/json')
    res.end('{"model":"gpt-4o","usage":{"prompt_tokens":1,"completion_tokens":0,"total_tokens":1}}')
  })
}

async function serverAt(options: CassetteOptions): Promise<string> {
  const server = await startServer({ cassette: 'c', ...options })
  onTestFinished(async () => void (await server.close()))
  return server.url
}

async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

function lines(...each: readonly string[]): string {
  return each.join('\r\n')
}

/** The statuses of so many answers, sorted. The connection stays open. */
function statusesFrom(socket: Socket, count: number): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (packet) => {
      text += String(packet)
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
      if (statuses.length === count) resolve(statuses.toSorted())
    })
    socket.once('close', () => reject(new Error(`the server closed the connection after ${text}`)))
  })
}
