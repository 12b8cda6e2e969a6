/**
 * Streams in recorded time, many at once, from our server: whether each keeps the order of its
 * events and its time, and what memory they take, replayed, passed on and recorded.
 *
 * usage: node bench/streams.ts [streams]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { peakOf } from './memory.ts'
import { type Running, startOurs } from './servers.ts'
import { readStream, type Seen } from './stream-reader.ts'
import { median } from './table.ts'

const STREAMS = Number(process.argv[2] ?? 200)
const EVENTS = 100
/** Between two events of the recording, in ms. */
const APART = 20
/** An event that comes later than this share of its stream's whole time is out of its time. */
const TOLERANCE = 0.1
/** By what memory may grow in a replay: a share of the bytes of the most and the longest streams. */
const MEMORY = 0.15

const MB = 1_000_000

interface Crowd {
  readonly streams: number
  /** Of each stream, in bytes. */
  readonly size: number
}

const FEW: Crowd = { streams: Math.ceil(STREAMS / 4), size: MB }
const MANY: Crowd = { streams: STREAMS, size: MB }
const LONG: Crowd = { streams: STREAMS, size: 4 * MB }

const dir = await mkdtemp(path.join(tmpdir(), 'openai-vcr-bench-'))
try {
  await writeCassette('short', EVENTS * 100)
  for (const { size } of [MANY, LONG]) await writeCassette(`${size}`, size)
  const right = [await times(), await replaying(), await passing(), await recording()]
  if (right.includes(false)) process.exitCode = 1
} finally {
  await rm(dir, { recursive: true })
}

/** Whether all streams keep order and time. */
async function times(): Promise<boolean> {
  const server = await startOurs(['--cassettes', dir, '--cassette', 'short', '--speed', '1'])
  const one = await readStream(server.url, EVENTS, APART)
  const all = await readAll(server, STREAMS)
  await server.stop()
  const whole = EVENTS * APART
  const late = all.map(({ lateness }) => lateness / whole)
  const inOrder = all.filter(({ ordered }) => ordered).length
  print(`${STREAMS} streams at once in recorded time, ${EVENTS} events each over ${whole / 1000} s`)
  print(`  in order                  ${inOrder} of ${STREAMS}`)
  print('  the latest event of a stream, as a share of its time')
  print(`    one stream alone        ${(one.lateness / whole).toFixed(3)}`)
  print(`    median of all           ${median(late).toFixed(3)}`)
  print(`    the worst of all        ${Math.max(...late).toFixed(3)} (at most ${TOLERANCE})`)
  return inOrder === STREAMS && Math.max(...late) <= TOLERANCE
}

/** Whether a server that replays takes memory for what one stream is, and not for their number times that. */
function replaying(): Promise<boolean> {
  return measured('replays', [FEW, MANY, LONG], MEMORY, (crowd) => startOurs(timed(crowd)))
}

/** What is passed on is held until its stream ends, for its usage: this is told, and has no limit. */
function passing(): Promise<boolean> {
  return measured('passes on (live)', [FEW, MANY], Number.POSITIVE_INFINITY, behind('live'))
}

/** What is recorded is held until it is written: likewise. */
function recording(): Promise<boolean> {
  return measured('records', [FEW, MANY], Number.POSITIVE_INFINITY, behind('record'))
}

/** A server of ours whose upstream is another that replays. */
function behind(mode: string): (crowd: Crowd) => Promise<Running> {
  return async (crowd) => {
    const upstream = await startOurs(timed(crowd))
    const kept = path.join(dir, `${mode}-${crowd.streams}-${crowd.size}`)
    const flags = ['--mode', mode, '--cassettes', kept, '--cassette', 'c', '--upstream', upstream.url]
    const server = await startOurs(flags)
    const stop = async (): Promise<void> => {
      await server.stop()
      await upstream.stop()
    }
    return { ...server, stop }
  }
}

/** By how much a server's memory grew; all streams must be whole, and the last crowd's share no more than `most`. */
async function measured(
  does: string,
  crowds: readonly Crowd[],
  most: number,
  start: (crowd: Crowd) => Promise<Running>,
): Promise<boolean> {
  print(`memory of a server that ${does}`)
  let [isOrdered, share] = [true, 0]
  for (const crowd of crowds) {
    const server = await start(crowd)
    await readStream(server.url, EVENTS, APART)
    const before = await peakOf(server.pid)
    const all = await readAll(server, crowd.streams)
    const grown = (await peakOf(server.pid)) - before
    await server.stop()
    isOrdered &&= all.every(({ ordered }) => ordered)
    share = grown / (crowd.streams * crowd.size)
    const limit = crowd === crowds.at(-1) && Number.isFinite(most) ? ` (at most ${most})` : ''
    const label = `${crowd.streams} of ${crowd.size / MB} MB`.padEnd(24)
    print(`  ${label}  ${(grown / MB).toFixed(0).padStart(4)} MB  ${share.toFixed(3)} of their bytes${limit}`)
  }
  return isOrdered && share <= most
}

function timed({ size }: Crowd): string[] {
  return ['--cassettes', dir, '--cassette', `${size}`, '--speed', '1']
}

function readAll({ url }: Running, streams: number): Promise<Seen[]> {
  return Promise.all(Array.from({ length: streams }, () => readStream(url, EVENTS, APART)))
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function writeCassette(name: string, size: number): Promise<void> {
  const pad = 'x'.repeat(size / EVENTS)
  const events = Array.from(
    { length: EVENTS },
    (_, n) => `          ${n * APART} {"n":${n},"pad":"${pad}"}\n`,
  ).join('')
  const text = `version: 1
upstream: https://api.openai.com
recordedAt: 2026-01-02
interactions:
  - request:
      method: POST
      path: /v1/chat/completions
      body:
        json: '{}'
    response:
      status: 200
      headers: |
        content-type: text/event-stream
      body:
        events: |
${events}...
`
  await writeFile(path.join(dir, `${name}.yaml`), text)
}
