import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseCassette } from '../../src/cassette/notation/text.ts'
import { runCli, spawnCli, spawnServer } from '../support/cli.ts'
import { asking, program } from '../support/programs.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Moments of a write, as its draft beside the file shows them. */
const MOMENTS = {
  'before the draft': () => true,
  'as the draft appears': (dir: string) => draftSize(dir) >= 0,
  'in the middle of the draft': (dir: string) => draftSize(dir) > 1_000_000,
  'once the file is new': (dir: string, before: string | undefined) =>
    read(path.join(dir, 'default.yaml')) !== before,
} as const

function draftSize(dir: string): number {
  const draft = readdirSync(dir).find((name) => name.endsWith('.tmp'))
  return draft === undefined ? -1 : (statSync(path.join(dir, draft), { throwIfNoEntry: false })?.size ?? -1)
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

test(
  'kill -9 at any moment leaves the old file or the new one, never a broken one',
  { timeout: 120_000 },
  async () => {
    const upstream = await localUpstream(async (req, res) => {
      const { run } = JSON.parse((await readAll(req)).toString()) as { run: number }
      res.end(`run ${run}: ${'x'.repeat(3_000_000)}`)
    })
    const dir = await tempDir()
    const found: string[] = []
    for (const [run, [moment, reached]] of [
      ...Object.entries(MOMENTS),
      ...Object.entries(MOMENTS),
    ].entries()) {
      const server = await spawnServer(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
      for (let n = 0; n < 4; n++) await (await fetch(`${server.url}/v1/x`, post({ run, n }))).text()
      const before = read(path.join(dir, 'default.yaml'))
      const end = { reached: false }
      const stopped = server.stop('SIGTERM').then(() => (end.reached = true))
      while (!reached(dir, before) && !end.reached) await new Promise((resolve) => setImmediate(resolve))
      await server.stop('SIGKILL')
      await stopped
      const after = read(path.join(dir, 'default.yaml'))
      found.push(`${moment}: ${after === before ? 'old' : 'new'}`)
      if (after === before) continue
      const bodies = parseCassette(after as string, 'default.yaml').interactions.map(
        ({ response }) => response.body,
      )
      expect(
        bodies.map(
          (body) =>
            body.kind === 'text' && body.text.length > 3_000_000 && body.text.startsWith(`run ${run}: `),
        ),
      ).toEqual([true, true, true, true])
    }
    process.stdout.write(`killed while recording, and found\n  ${found.join('\n  ')}\n`)
    expect(found.some((each) => each.endsWith('old')) && found.some((each) => each.endsWith('new'))).toBe(
      true,
    )
    expect((await runCli(['list', '--cassettes', dir])).status).toBe(0)
  },
)

test('two processes that record into one cassette lose nothing', async () => {
  const upstream = await localUpstream(async (req, res) => void res.end(await readAll(req)))
  const dir = await tempDir()
  const record = async (mode: string, numbers: readonly number[]): Promise<number | null> => {
    const args = ['record', '--mode', mode, '--cassettes', dir, '--upstream', upstream.url, '--']
    return (await spawnCli([...args, ...(await program(asking(numbers)))])).status
  }
  const runs = [0, 1, 2, 3].map((run) => record('record-missing', [run * 10, run * 10 + 1, 99]))
  expect(await Promise.all(runs)).toEqual([0, 0, 0, 0])
  const { interactions } = parseCassette(
    await readFile(path.join(dir, 'default.yaml'), 'utf8'),
    'default.yaml',
  )
  const asked = interactions.map(({ request }) =>
    request.body.kind === 'json' ? (JSON.parse(request.body.text) as { n: number }).n : -1,
  )
  expect(asked.toSorted((a, b) => a - b)).toEqual([0, 1, 10, 11, 20, 21, 30, 31, 99])
})

test('two recordings at once that replace one cassette keep both', async () => {
  const upstream = await localUpstream(async (req, res) => void res.end(await readAll(req)))
  const dir = await tempDir()
  const args = ['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url]
  const [first, second] = [await spawnServer(args), await spawnServer(args)]
  await (await fetch(`${first.url}/v1/x`, post({ n: 1 }))).text()
  await (await fetch(`${second.url}/v1/x`, post({ n: 2 }))).text()
  expect([await first.stop(), await second.stop()]).toEqual([0, 0])
  const text = await readFile(path.join(dir, 'default.yaml'), 'utf8')
  expect(parseCassette(text, 'default.yaml').interactions).toHaveLength(2)
  expect((await readdir(dir)).filter((name) => name !== 'default.yaml')).toEqual([])
})
