/**
 * A large upload and a large answer, recorded and replayed: what memory they take beyond what the
 * process had before, in our server and in a process of a user's. On Linux; elsewhere it reads 0.
 *
 * usage: node bench/large-bodies.ts [MB]
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startFileUpstream } from './file-upstream.ts'
import { ask, type Direction, noise } from './large-body.ts'
import { peakOf, residentOf } from './memory.ts'
import { startOurs } from './servers.ts'

const MB = Number(process.argv[2] ?? 100)
/** What memory may grow by, in MB. */
const MOST = 100

const dir = await mkdtemp(path.join(tmpdir(), 'openai-vcr-bench-'))
const file = path.join(dir, 'upload.bin')
const upstream = await startFileUpstream(MB)
try {
  await writeUpload()
  process.stdout.write(`${MB} MB: memory beyond what was there before, in MB (at most ${MOST})\n`)
  for (const way of ['server', 'fetch', 'MSW'] as const) {
    for (const direction of ['up', 'down'] as const) {
      for (const mode of ['record', 'replay'] as const) {
        const flags = { way, direction, mode, cassette: `${way}-${direction}` }
        const { grown, right } = way === 'server' ? await inServer(flags) : await inProcess(flags)
        const row = `  ${way.padEnd(7)} ${direction.padEnd(5)} ${mode.padEnd(7)}`
        const holds = way === 'MSW' && direction === 'up'
        const remark = right ? (holds ? "  (MSW's engine holds it)" : '') : '  WRONG'
        process.stdout.write(`${row} ${grown.toFixed(0).padStart(4)}${remark}\n`)
        if (!right || (grown > MOST && !holds)) process.exitCode = 1
      }
    }
  }
} finally {
  await upstream.close()
  await rm(dir, { recursive: true })
}

interface Flags {
  readonly way: 'server' | 'fetch' | 'MSW'
  readonly direction: Direction
  readonly mode: 'record' | 'replay'
  readonly cassette: string
}

interface Outcome {
  /** MB. */
  readonly grown: number
  readonly right: boolean
}

async function inServer({ direction, mode, cassette }: Flags): Promise<Outcome> {
  const flags = ['--mode', mode, '--cassettes', dir, '--cassette', cassette, '--upstream', upstream.url]
  const server = await startOurs(flags)
  await fetch(`${server.url}/_vcr/health`)
  const before = await residentOf(server.pid)
  const told = await ask(fetch, server.url, direction, await openAsBlob(file))
  // A recording is written when the server ends: what that takes counts too.
  let peak = await peakOf(server.pid)
  const watch = setInterval(() => void peakOf(server.pid).then((bytes) => (peak = Math.max(peak, bytes))), 5)
  await server.stop()
  clearInterval(watch)
  return { grown: (peak - before) / 1e6, right: told === (await expected(direction)) }
}

async function inProcess(flags: Flags): Promise<Outcome> {
  const script = fileURLToPath(new URL('./large-body-user.ts', import.meta.url))
  const args = [script, JSON.stringify({ ...flags, dir, file, upstream: upstream.url })]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const { grown, told } = JSON.parse(stdout) as { grown: number; told: string }
  return { grown, right: told === (await expected(flags.direction)) }
}

async function expected(direction: Direction): Promise<string> {
  const hash = createHash('sha256')
  for (const piece of noise(MB)) hash.update(piece)
  const sha256 = hash.digest('hex')
  return direction === 'up' ? `file-${sha256.slice(0, 24)}` : sha256
}

async function writeUpload(): Promise<void> {
  const handle = await open(file, 'w')
  for (const piece of noise(MB)) await handle.write(piece)
  await handle.close()
}
