import { setImmediate as turn } from 'node:timers/promises'
import { copyFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { HttpResponse } from '../../src/http/message.ts'
import type { Clock } from '../../src/engine/ports.ts'
import { Libraries } from '../../src/server/libraries.ts'
import { compositionOf } from '../support/composition.ts'
import { tempDir } from '../support/temp.ts'
import { clientOf } from '../../src/engine/exchange/exchange.ts'

const HOUR = 3_600_000

/** A clock that stands until it is set. */
function standing(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    today: () => '2026-01-02',
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve())),
  }
  return clock
}

const answered = (name: string): string =>
  `  - request:\n      method: GET\n      path: /v1/${name}\n    response:\n      status: 200\n      body:\n        text: ${name}\n`

interface World {
  readonly dir: string
  readonly clock: Clock & { at: number }
  readonly sources: Libraries
  ask(session: string | undefined, target: string, cassette?: string): Promise<number>
  /** Lets the upstream answer. */
  answer(): void
}

async function world(mode: 'replay' | 'record' = 'replay'): Promise<World> {
  const dir = await tempDir()
  const head = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2026-01-02\ninteractions:\n'
  await writeFile(path.join(dir, 'c.yaml'), `${head}${answered('a')}${answered('b')}...\n`)
  const clock = standing()
  const { promise, resolve } = Promise.withResolvers<void>()
  const { upstream } = compositionOf(dir, mode).dependencies
  const send = async () => {
    await promise
    return { status: 200, headers: [], body: (async function* () {})() }
  }
  const sources = new Libraries(
    compositionOf(dir, mode, {
      upstream: { ...upstream, send },
      clock,
    }),
    {
      cassette: 'c',
      repeat: undefined,
      upstreamOf: () => undefined,
      recordCommand: () => 'record it',
      idleMs: HOUR,
    },
  )
  await sources.open()
  const drain = async ({ body }: HttpResponse): Promise<void> => {
    if (Symbol.asyncIterator in body) for await (const _ of body) continue
  }
  return {
    dir,
    clock,
    sources,
    answer: resolve,
    ask: async (session, target, cassette) => {
      const { session: used, release } = await sources.acquire(session, cassette)
      try {
        const request = { method: 'GET', target, headers: [], body: new Uint8Array(0) }
        const caller = { arrival: sources.arrive(), client: clientOf(undefined) }
        const response = await used.handle(request, caller)
        await drain(response)
        return response.status
      } finally {
        release()
        // What was recorded is committed behind the answer.
        await turn()
      }
    },
  }
}

test('a named session that idles too long is dropped, and begins anew with its next request', async () => {
  const { sources, clock, ask } = await world()
  expect([await ask('one', '/v1/a'), await ask('one', '/v1/a')]).toEqual([200, 404])
  clock.at += HOUR
  expect(await ask('one', '/v1/a'), 'after an hour to the millisecond').toBe(404)
  clock.at += HOUR + 1
  expect(sources.sessions()).toEqual([])
  expect(await ask('one', '/v1/a')).toBe(200)
})

test('a session that is asked now and then stays, however long the server runs', async () => {
  const { sources, clock, ask } = await world()
  await ask('idle', '/v1/a')
  await ask('busy', '/v1/a')
  for (let i = 0; i < 5; i++) {
    clock.at += HOUR / 2 + 1
    expect(await ask('busy', '/v1/a')).toBe(404)
  }
  expect(sources.sessions().map(({ name }) => name)).toEqual(['busy'])
})

test('the session without a name is never dropped', async () => {
  const { sources, clock, ask } = await world()
  await ask(undefined, '/v1/a')
  clock.at += 10 * HOUR
  expect(sources.sessions().map(({ name, session }) => [name, session.counts.hit])).toEqual([[undefined, 1]])
})

test('what a dropped session came to is in the report of the run', async () => {
  const { sources, clock, ask } = await world()
  await ask('one', '/v1/a')
  await ask('one', '/v1/a')
  await ask('one', '/v1/nothing')
  clock.at += HOUR + 1
  expect(sources.sessions()).toEqual([])
  const report = await sources.close(0, true)
  expect(report).toMatchObject({ unanswered: 2, counts: { hit: 1, exhausted: 1, miss: 1 }, journal: [] })
  expect(report.findings.map(({ outcome, path: asked }) => [outcome, asked])).toEqual([
    ['exhausted', '/v1/a'],
    ['miss', '/v1/nothing'],
  ])
  expect(report.unused).toEqual([{ cassette: 'c', position: 1, method: 'GET', path: '/v1/b' }])
})

test('a session in which something is in progress does not idle', async () => {
  const { sources, clock, ask, answer } = await world('record')
  const asked = ask('one', '/v1/new')
  await began(sources)
  clock.at += 3 * HOUR
  expect(sources.sessions().map(({ name, session }) => [name, session.counts.pending])).toEqual([['one', 1]])
  answer()
  expect(await asked).toBe(200)
  clock.at += HOUR + 1
  expect(sources.sessions()).toEqual([])
  expect((await sources.close(1000, true)).saved).toMatchObject([{ added: 1 }])
})

test('a session that is ended lets what is in progress end, and the recording keeps it', async () => {
  const { sources, ask, answer } = await world('record')
  const asked = ask('one', '/v1/new')
  await began(sources)
  sources.end('one')
  expect(sources.sessions()).toEqual([])
  answer()
  expect(await asked).toBe(200)
  const report = await sources.close(1000, true)
  expect(report.saved).toMatchObject([{ added: 1, written: true }])
  expect(report.counts).toMatchObject({ recorded: 1, pending: 0 })
})

test('closing waits for what is in progress in a session that was ended', async () => {
  const { sources, ask, answer } = await world('record')
  const asked = ask('one', '/v1/new')
  await began(sources)
  sources.end('one')
  const closing = sources.close(1000, true)
  answer()
  expect((await closing).saved).toMatchObject([{ added: 1, written: true }])
  expect(await asked).toBe(200)
})

test('a cassette that was broken can be asked once it is mended', async () => {
  const { dir, sources, ask } = await world()
  const file = path.join(dir, 'other.yaml')
  await writeFile(file, 'version: 1\n')
  await expect(ask('one', '/v1/b', 'other')).rejects.toThrow('cut off')
  await copyFile(path.join(dir, 'c.yaml'), file)
  expect(await ask('one', '/v1/b', 'other')).toBe(200)
  expect(await sources.close(0, true)).toMatchObject({ failures: [] })
})

test('an address whose cassette cannot be used leaves no session behind', async () => {
  const { sources, ask } = await world()
  await expect(ask('one', '/v1/a', '../secret')).rejects.toThrow(
    "cassette: expected a name, such as 'weather' or 'agents/weather', found '../secret': '..' begins with a dot",
  )
  expect(sources.sessions()).toEqual([])
})

test('a thousand sessions count each for itself', async () => {
  const { sources, ask } = await world()
  const names = Array.from({ length: 1000 }, (_, i) => `session ${i}`)
  const first = await Promise.all(names.map((name) => ask(name, '/v1/a')))
  const second = await Promise.all(names.map((name, i) => ask(name, i % 2 === 0 ? '/v1/a' : '/v1/b')))
  expect(new Set(first)).toEqual(new Set([200]))
  expect(second).toEqual(names.map((_, i) => (i % 2 === 0 ? 404 : 200)))
  const unused = new Map(sources.sessions().map(({ name, session }) => [name, session.unusedCount]))
  expect(unused).toEqual(new Map(names.map((name, i) => [name, i % 2 === 0 ? 1 : 0])))
})

/** Resolves when some session is there: turns of the event loop, no time. */
async function began(sources: Libraries): Promise<void> {
  while (sources.sessions().length === 0) await new Promise((resolve) => setImmediate(resolve))
}
