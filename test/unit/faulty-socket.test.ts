import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { faultySocket, type Alteration } from '../../src/policies/faults/faulty-socket.ts'
import type { SocketData, SocketEnd, SocketListener } from '../../src/http/web-socket.ts'
import { gate } from '../contract/talking.ts'

/** A conversation with a fault, led by hand from both sides. */
interface Scene {
  /** What the client was told, what the server heard, and what became of it. */
  readonly seen: readonly unknown[]
  readonly server: SocketEnd
  readonly client: SocketListener
  /** Ends the wait of a stall. */
  readonly goOn: () => void
}

function scene(fault: Alteration, endsAnswer = false): Scene {
  const seen: unknown[] = []
  const { opened, open } = gate()
  let server: SocketEnd | undefined
  const opening = {
    kind: 'open' as const,
    headers: [],
    protocol: undefined,
    records: false,
    attach: (end: SocketEnd) => {
      server = end
      return {
        onMessage: (data: SocketData) => void seen.push(`heard ${String(data)}`),
        onClose: (code: number) => void seen.push(`server sees ${code}`),
      }
    },
  }
  const client = faultySocket(opening, fault, {
    sleep: (_ms, signal) =>
      Promise.race([
        opened,
        new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      ]),
    error: () => ({ text: 'error', endsAnswer }),
    whole: () => void seen.push('whole'),
  }).attach({
    send: (data) => void seen.push(data),
    close: (code, reason) => void seen.push(`close ${code} ${reason}`),
    terminate: () => void seen.push('terminate'),
  })
  return { seen, server: server as SocketEnd, client, goOn: open }
}

const say = ({ server }: Scene, ...frames: SocketData[]): void => frames.forEach((each) => server.send(each))

test('a conversation that stalls before its first frame says nothing until then, and all in its order', async () => {
  const held = scene({ kind: 'stall', after: 0, ms: 1 })
  say(held, 'a', 'b')
  held.client.onMessage('c')
  held.server.allSent?.()
  held.server.close(1000, 'bye')
  await turn()
  expect(held.seen).toEqual(['heard c'])
  held.goOn()
  await turn()
  expect(held.seen).toEqual(['heard c', 'a', 'b', 'whole', 'close 1000 bye'])
})

test('a client that leaves while it stalls is told no more, and was not told all', async () => {
  const held = scene({ kind: 'stall', after: 1, ms: 1 })
  say(held, 'a', 'b')
  held.server.allSent?.()
  held.client.onClose(1000, '')
  await turn()
  expect(held.seen).toEqual(['a', 'server sees 1000'])
})

test('behind the frame at which it is closed nothing is said or heard, and it is closed once', () => {
  const closing = scene({ kind: 'close', code: 1011, reason: 'why', after: 1 })
  say(closing, 'a', 'b')
  closing.client.onMessage('c')
  closing.client.onClose(1011, 'why')
  closing.server.close(1000)
  expect(closing.seen).toEqual(['a', 'close 1011 why', 'server sees 1006'])
})

test('an error that ends an answer silences the server until the client speaks again', () => {
  const failing = scene({ kind: 'errorEvent', at: 2, error: 'x' }, true)
  say(failing, 'a', 'b', 'c')
  failing.client.onMessage('again')
  say(failing, 'd')
  expect(failing.seen).toEqual(['a', 'error', 'heard again', 'd'])
})

test('bytes are corrupted too: half of them are left', () => {
  const corrupting = scene({ kind: 'corrupt', event: 1 })
  say(corrupting, Uint8Array.of(1, 2, 3, 4, 5), Uint8Array.of(6))
  expect(corrupting.seen).toEqual([Uint8Array.of(1, 2), Uint8Array.of(6)])
})
