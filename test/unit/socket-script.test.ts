import { expect, test } from 'vitest'
import type { Frame, FramesBody } from '../../src/cassette/cassette.ts'
import type { Timing } from '../../src/engine/timing.ts'
import type { Store } from '../../src/engine/ports.ts'
import { Script } from '../../src/engine/sockets/script.ts'

const body: FramesBody = {
  kind: 'frames',
  frames: [
    told(100, 'hello'),
    said(1000),
    told(1300, 'one'),
    told(1400, 'two'),
    said(9000),
    told(9050, 'three'),
  ],
  close: { from: 'server', offset: 9150, code: 1000, reason: 'done' },
}

const timings: readonly [name: string, timing: Timing, due: readonly string[]][] = [
  ['in recorded time', { speed: 1 }, ['100 hello', '5300 one', '5400 two', '7050 three', '7150 close 1000']],
  ['at double speed', { speed: 2 }, ['50 hello', '5150 one', '5200 two', '7025 three', '7075 close 1000']],
  [
    'at a pace',
    { ttft: 200, pace: 10 },
    ['200 hello', '5200 one', '5300 two', '7200 three', '7300 close 1000'],
  ],
  ['instantly', 'instant', ['0 hello', '5000 one', '5000 two', '7000 three', '7000 close 1000']],
]

for (const [name, timing, due] of timings) {
  test(`${name}, what the server says is due from the client's latest frame on, whenever that came`, async () => {
    const clock = { time: 0, now: () => clock.time, today: () => '2026-01-02', sleep: advance }
    async function advance(ms: number): Promise<void> {
      clock.time += ms
    }
    const heard: string[] = []
    const client = {
      send: (data: string | Uint8Array) => void heard.push(`${clock.time} ${String(data)}`),
      close: (code?: number) => void heard.push(`${clock.time} close ${code}`),
      terminate: () => void heard.push('terminated'),
    }
    const script = new Script(
      client,
      { dependencies: { clock, store: {} as Store }, options: { timing } },
      {
        at: 0,
        whyRefused: () => undefined,
        errorFrame: (reason) => reason,
        diverged: (reason) => void heard.push(reason),
        stopped: new AbortController().signal,
      },
    )
    const played = script.play(body, false)
    await until(() => heard.length === 1)
    clock.time = 5000
    script.onMessage('{}')
    await until(() => heard.length === 3)
    clock.time = 7000
    script.onMessage('{}')
    await played
    expect(heard).toEqual(due)
  })
}

function told(offset: number, text: string): Frame {
  return { from: 'server', offset, content: { kind: 'text', text } }
}

function said(offset: number): Frame {
  return { from: 'client', offset, content: { kind: 'text', text: '{}' } }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
