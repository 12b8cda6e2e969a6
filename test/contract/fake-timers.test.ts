import { createServer } from 'node:http'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette, type Vcr } from '../../src/index.ts'
import { cutOff, listenHere } from '../support/listen.ts'
import { tempDir } from '../support/temp.ts'
import { readAll } from '../support/upstream.ts'

afterEach(() => void vi.useRealTimers())

const ASKED = 'https://api.openai.com/v1/chat/completions'

/** An upstream that never closes a connection by itself, which would let a client go on after a while. */
async function patientUpstream(): Promise<string> {
  const server = createServer({ keepAliveTimeout: 0 }, async (req, res) => void res.end(await readAll(req)))
  const url = await listenHere(server)
  onTestFinished(() => cutOff(server))
  return url
}

async function asking(fetching: typeof fetch, numbers: readonly number[]): Promise<string[]> {
  const told: string[] = []
  for (const n of numbers)
    told.push(await (await fetching(ASKED, { method: 'POST', body: JSON.stringify({ n }) })).text())
  return told
}

const ways: Readonly<Record<string, (vcr: Vcr, numbers: readonly number[]) => Promise<string[]>>> = {
  'vcr.fetch': (vcr, numbers) => asking(vcr.fetch as typeof fetch, numbers),
  async intercept(vcr, numbers) {
    await using _ = await intercept(vcr)
    return await asking(fetch, numbers)
  },
}

test.each(Object.entries(ways))(
  '%s: one request after the other is recorded and replayed under fake timers',
  async (_, ask) => {
    const url = await patientUpstream()
    const dir = await tempDir()
    for (const mode of ['record', 'replay'] as const) {
      await using vcr = await openCassette('c', { dir, upstream: url, mode })
      const before = await ask(vcr, [1, 2])
      vi.useFakeTimers()
      const during = await ask(vcr, [3, 4, 5])
      vi.useRealTimers()
      expect([...before, ...during]).toEqual([1, 2, 3, 4, 5].map((n) => `{"n":${n}}`))
    }
  },
)
