import { readdirSync, statSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseCassette } from '../../src/cassette/notation/text.ts'
import { runCli, spawnCli, spawnServer } from '../support/cli.ts'
import { LONG } from '../support/long.ts'
import { asking, program } from '../support/programs.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Characters of an answer: a write of four of them takes long enough to be seen. */
const SIZE = LONG ? 3_000_000 : 600_000
const ROUNDS = LONG ? 4 : 1

/** Moments of a write, as its draft and the file show them. */
const MOMENTS: Readonly<Record<string, (draft: number | undefined, isNew: boolean) => boolean>> = {
  'before the draft': () => true,
  'as the draft appears': (draft) => draft !== undefined,
  'in the middle of the draft': (draft = 0) => draft > SIZE / 3,
  'once the file is new': (_draft, isNew) => isNew,
}

function draftsIn(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.endsWith('.tmp'))
}

function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size
}

/** A new file takes the place of the old one. */
function inode(dir: string): number | undefined {
  return statSync(path.join(dir, 'default.yaml'), { throwIfNoEntry: false })?.ino
}

test(
  'kill -9 at any moment leaves the old file or the new one, never a broken one',
  { timeout: 120_000 },
  async () => {
    const upstream = await localUpstream(async (req, res) => {
      const { run } = JSON.parse((await readAll(req)).toString()) as { run: number }
      res.end(`run ${run}: ${'x'.repeat(SIZE)}`)
    })
    const dir = await tempDir()
    const found: string[] = []
    /** The run whose answers the file holds. */
    let last = 0
    const moments = Array.from({ length: ROUNDS }, () => Object.entries(MOMENTS)).flat()
    for (const [run, [moment, reached]] of moments.entries()) {
      const server = await spawnServer(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
      for (let n = 0; n < 4; n++) await (await fetch(`${server.url}/v1/x`, post({ run, n }))).text()
      const before = inode(dir)
      // Those that died left theirs.
      const left = new Set(draftsIn(dir))
      const isReached = (): boolean => {
        const draft = draftsIn(dir).find((name) => !left.has(name))
        return reached(draft === undefined ? undefined : sizeOf(path.join(dir, draft)), inode(dir) !== before)
      }
      const end = { reached: false }
      const stopped = server.stop('SIGTERM').then(() => (end.reached = true))
      while (!isReached() && !end.reached) await new Promise((resolve) => setImmediate(resolve))
      await server.stop('SIGKILL')
      await stopped
      const after = inode(dir)
      found.push(`${moment}: ${after === before ? 'old' : 'new'}`)
      if (after === undefined) continue
      if (after !== before) last = run
      const text = await readFile(path.join(dir, 'default.yaml'), 'utf8')
      const bodies = parseCassette(text, 'default.yaml').interactions.map(({ response }) => response.body)
      expect(
        bodies.map(
          (body) => body.kind === 'text' && body.text.length > SIZE && body.text.startsWith(`run ${last}: `),
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
  const all = LONG ? [0, 1, 2, 3] : [0, 1]
  const runs = all.map((run) => record('record-missing', [run * 10, run * 10 + 1, 99]))
  expect(await Promise.all(runs)).toEqual(all.map(() => 0))
  const { interactions } = parseCassette(
    await readFile(path.join(dir, 'default.yaml'), 'utf8'),
    'default.yaml',
  )
  const asked = interactions.map(({ request }) =>
    request.body.kind === 'json' ? (JSON.parse(request.body.text) as { n: number }).n : -1,
  )
  expect(asked.toSorted((a, b) => a - b)).toEqual([...all.flatMap((run) => [run * 10, run * 10 + 1]), 99])
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
