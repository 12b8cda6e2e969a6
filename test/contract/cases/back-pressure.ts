import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { testAbility } from '../limits.ts'
import { post, readEvent, STREAM } from '../talking.ts'

const EVENT = Buffer.from(`data: {"pad":"${'x'.repeat(64 * 1024)}"}\n\n`)
const EVENTS = 640

export function backPressureCases(adapter: Adapter): void {
  testAbility(adapter, 'back-pressure', async () => {
    let sent = 0
    const upstream = await localUpstream((req, res) => {
      req.resume()
      res.writeHead(200, STREAM)
      const more = (): void => {
        while (sent < EVENTS && !res.destroyed) {
          sent++
          if (!res.write(EVENT)) return void res.once('drain', more)
        }
        end(res)
      }
      more()
    })
    const live = await adapter.open('c', { mode: 'live', dir: await tempDir(), upstream: upstream.url })
    const reader = (await live.fetch('/v1/chat/completions', post({}))).body!.getReader()
    await readEvent(reader)
    await standstill(() => sent)
    // What the sockets of this machine hold is the system's affair; all of it is much more.
    expect(sent).toBeLessThan(EVENTS)
    while (!(await reader.read()).done);
    expect(sent).toBe(EVENTS)
  })
}

function end(res: ServerResponse): void {
  if (!res.destroyed) res.end()
}

/** Waits until nothing has moved for so long that something that could would have. */
async function standstill(at: () => number): Promise<void> {
  for (let [before, still] = [at(), 0]; still < 500; still++) {
    await turn()
    if (at() !== before) [before, still] = [at(), 0]
  }
}
