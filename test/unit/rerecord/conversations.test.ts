import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Frame, FrameClose, Interaction } from '../../../src/cassette/cassette.ts'
import type { Upstream } from '../../../src/engine/ports.ts'
import type { SocketData, SocketListener } from '../../../src/http/web-socket.ts'
import { ran, type Ran } from './scene.ts'

const BYE: FrameClose = { from: 'client', offset: 9, code: 1000, reason: 'bye' }

function frame(from: 'client' | 'server', said: object | Uint8Array): Frame {
  const content =
    said instanceof Uint8Array
      ? ({ kind: 'binary', bytes: said } as const)
      : ({ kind: 'text', text: JSON.stringify(said) } as const)
  return { from, offset: 1, content }
}

function conversation(frames: readonly Frame[], close: FrameClose = BYE): Interaction {
  const headers = [['upgrade', 'websocket']] as const
  const request = { method: 'GET', path: '/v1/realtime?model=m', headers, body: { kind: 'empty' } } as const
  return { request, response: { status: 101, headers: [], body: { kind: 'frames', frames, close } } }
}

/** Talks with a server; gives what the client said to it besides. */
async function talked(
  recorded: Interaction,
  server: (said: SocketData, client: SocketListener) => void,
  first: object[] = [],
): Promise<Ran & { heard: SocketData[]; closed: unknown[] }> {
  const [heard, closed]: [SocketData[], unknown[]] = [[], []]
  const connect: Upstream['connect'] = async (_base, _request, client) => {
    for (const each of first) client.onMessage(JSON.stringify(each))
    return {
      kind: 'open',
      socket: {
        headers: [],
        protocol: undefined,
        send: (data) => {
          heard.push(data)
          server(data, client)
        },
        close: (code, reason) => void closed.push([code, reason]),
        terminate: () => void closed.push('terminated'),
      },
    }
  }
  return { ...(await ran([recorded], () => [200, {}], { connect })), heard, closed }
}

const CREATE = { type: 'response.create' }
const DONE = { type: 'response.done', response: { id: 'resp_1', output: [] } }

test('the client speaks once the server is as far as it was, whatever number of pieces that takes', async () => {
  const recorded = conversation([
    frame('server', { type: 'session.created' }),
    frame('client', CREATE),
    frame('server', { type: 'response.output_text.delta', delta: 'a' }),
    frame('server', DONE),
    frame('client', { type: 'response.create', again: true }),
    frame('server', DONE),
  ])
  const order: string[] = []
  const run = await talked(
    recorded,
    (said, client) => {
      order.push(String(said))
      for (const delta of ['x', 'y', 'z'])
        client.onMessage(JSON.stringify({ type: 'response.output_text.delta', delta }))
      queueMicrotask(() => {
        order.push('done')
        client.onMessage(JSON.stringify(DONE))
      })
    },
    [{ type: 'session.created' }],
  )
  expect(run.outcome).toMatchObject({ kind: 'rerecorded', after: { interactions: { length: 1 } } })
  expect(order).toEqual([JSON.stringify(CREATE), 'done', '{"type":"response.create","again":true}', 'done'])
  expect(run.closed).toEqual([[1000, 'bye']])
})

test('bytes and long base64 are said as they were', async () => {
  const audio = Buffer.alloc(3000, 7).toString('base64')
  const name = createHash('sha256').update(Buffer.alloc(3000, 7)).digest('hex')
  const recorded = conversation([
    frame('client', Uint8Array.of(1, 2, 255)),
    frame('client', { type: 'input_audio_buffer.append', audio }),
  ])
  const run = await talked(recorded, () => {})
  expect(run.heard).toEqual([
    Uint8Array.of(1, 2, 255),
    JSON.stringify({ type: 'input_audio_buffer.append', audio }),
  ])
  if (run.outcome.kind !== 'rerecorded') throw new Error(run.outcome.kind)
  expect(JSON.stringify(run.outcome.after)).toContain(`blob:${name}`)
})

test('an error that was not recorded ends the conversation, with the message of the server', async () => {
  const recorded = conversation([frame('client', CREATE), frame('server', DONE)])
  const error = { type: 'error', error: { message: 'no such model' } }
  const run = await talked(recorded, (_, client) => client.onMessage(JSON.stringify(error)))
  expect(run.outcome).toMatchObject({
    kind: 'unanswered',
    at: 0,
    reason: `the server sent an error: ${JSON.stringify(error)}`,
  })
})

test('an error that was recorded is waited for like all else', async () => {
  const error = { type: 'error', error: { message: 'no such model' } }
  const recorded = conversation([frame('client', CREATE), frame('server', error)])
  const run = await talked(recorded, (_, client) => client.onMessage(JSON.stringify(error)))
  expect(run.outcome.kind).toBe('rerecorded')
})

test('what never comes is not waited for longer than five minutes', async () => {
  const recorded = conversation([frame('client', CREATE), frame('server', DONE)])
  const run = await talked(recorded, () => {})
  expect(run.outcome).toMatchObject({ reason: "'response.done' did not arrive within 5 minutes" })
  expect(run.slept).toEqual([300_000])
})

test('a server that closes before it was done ends it, and one that closed is waited for', async () => {
  const early = await talked(conversation([frame('client', CREATE), frame('server', DONE)]), (_, client) =>
    client.onClose(1011, 'sorry'),
  )
  expect(early.outcome).toMatchObject({
    reason: "the server closed the WebSocket before it sent 'response.done'",
  })
  const closing: FrameClose = { from: 'server', offset: 5, code: 1000, reason: 'enough' }
  const closed = await talked(conversation([frame('client', CREATE)], closing), (_, client) =>
    client.onClose(1000, 'enough'),
  )
  expect(closed.outcome).toMatchObject({ kind: 'rerecorded' })
})
