import { createServer, request } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { answer } from '../../src/adapters/http/node.ts'
import { relay, type RelayOptions } from '../../src/engine/record/relay.ts'
import { toWebResponse } from '../../src/adapters/fetch/web.ts'
import { cutOff, listenHere } from '../support/listen.ts'

const PACKET = new Uint8Array(16 * 1024)
const PACKETS = 16 * 1024

/** 256 MB, each packet there as soon as it is asked for; counts those that were. */
function endless(): { readonly taken: () => number; readonly packets: AsyncGenerator<Uint8Array> } {
  let taken = 0
  const packets = (async function* () {
    while (taken < PACKETS) {
      taken++
      yield PACKET
    }
  })()
  return { taken: () => taken, packets }
}

/** Long enough for a reader that does not wait to read all of it. */
async function turns(): Promise<void> {
  for (let i = 0; i < 500; i++) await turn()
}

const options = (more: Partial<RelayOptions> = {}): RelayOptions => ({
  tap: () => undefined,
  isFinal: () => false,
  abort: () => {},
  stopped: new AbortController().signal,
  ...more,
})

test('a slow client holds the upstream up: what waits for it is bounded', async () => {
  const { taken, packets } = endless()
  const { body } = relay(packets, options())
  const reader = body[Symbol.asyncIterator]()
  await turns()
  expect(taken()).toBe(5)
  for (let i = 0; i < 100; i++) await reader.next()
  await turns()
  expect(taken()).toBe(105)
})

test('a client that leaves, and a session that ends, hold nobody up', async () => {
  const left = endless()
  const leaving = relay(left.packets, options())
  await turns()
  await leaving.body[Symbol.asyncIterator]().return?.()
  expect(await leaving.ended).toEqual({ kind: 'complete' })
  expect(left.taken()).toBe(PACKETS)

  const stop = new AbortController()
  const broken = (async function* () {
    for (let i = 0; i < 5; i++) yield PACKET
    throw new Error('aborted')
  })()
  const stopping = relay(broken, options({ stopped: stop.signal }))
  await turns()
  stop.abort()
  expect((await stopping.ended).kind).toBe('broken')
})

test('what nobody reads of an error is read all the same, so that it is recorded', async () => {
  const { taken, packets } = endless()
  expect(await relay(packets, options({ isFinal: () => true })).ended).toEqual({ kind: 'complete' })
  expect(taken()).toBe(PACKETS)
})

test('a server replays as fast as its client reads', async () => {
  const { taken, packets } = endless()
  const server = createServer((req, res) => {
    const exchange = async () => ({ status: 200, headers: [], body: packets })
    answer(exchange, { arrival: { order: 0, at: 0 }, req, res, target: '/' }, () => {})
  })
  const url = await listenHere(server)
  onTestFinished(() => cutOff(server))
  const asked = request(url)
  asked.end()
  await new Promise((resolve) => asked.once('response', (res) => resolve(res.pause())))
  await turns()
  // What the two sockets of this machine hold is the system's affair; all of it is much more.
  expect(taken()).toBeLessThan(PACKETS / 4)
  asked.destroy()
})

test('a fetch replays as fast as its caller reads', async () => {
  const { taken, packets } = endless()
  const reader = toWebResponse({ status: 200, headers: [], body: packets }).body!.getReader()
  await reader.read()
  await turns()
  expect(taken()).toBe(1)
})
