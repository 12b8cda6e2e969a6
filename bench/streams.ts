/**
 * Streams in recorded time, many at once, from our server: whether each keeps the order of its
 * events and its time, and what memory they take.
 *
 * usage: node bench/streams.ts [streams]
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startOurs } from './servers.ts'
import { median } from './table.ts'

const STREAMS = Number(process.argv[2] ?? 200)
const EVENTS = 100
/** Between two events of the recording, in ms. */
const APART = 20
/** Each event of the long streams, in bytes. */
const LONG = 20_000
/** An event that comes later than this share of its stream's whole time is out of its time. */
const TOLERANCE = 0.1
/** What memory may grow by, of the bytes that the streams are. */
const MEMORY = 0.25

const dir = await mkdtemp(path.join(tmpdir(), 'openai-vcr-bench-'))
try {
  await writeCassette('short', 100)
  await writeCassette('long', LONG)
  const right = [await times(), await memory()]
  if (right.includes(false)) process.exitCode = 1
} finally {
  await rm(dir, { recursive: true })
}

/** Whether all streams keep order and time. */
async function times(): Promise<boolean> {
  const server = await startOurs(['--cassettes', dir, '--cassette', 'short', '--speed', '1'])
  const one = await measure(server.url)
  const all = await Promise.all(Array.from({ length: STREAMS }, () => measure(server.url)))
  await server.stop()
  const whole = EVENTS * APART
  const late = all.map(({ lateness }) => lateness / whole)
  const inOrder = all.filter(({ ordered }) => ordered).length
  const print = (text: string): void => void process.stdout.write(`${text}\n`)
  print(`${STREAMS} streams at once in recorded time, ${EVENTS} events each over ${whole / 1000} s`)
  print(`  in order                  ${inOrder} of ${STREAMS}`)
  print('  the latest event of a stream, as a share of its time')
  print(`    one stream alone        ${(one.lateness / whole).toFixed(3)}`)
  print(`    median of all           ${median(late).toFixed(3)}`)
  print(`    the worst of all        ${Math.max(...late).toFixed(3)} (at most ${TOLERANCE})`)
  return inOrder === STREAMS && Math.max(...late) <= TOLERANCE
}

/** Whether the server's memory grows with what one stream is, and not with their number times that. */
async function memory(): Promise<boolean> {
  const server = await startOurs(['--cassettes', dir, '--cassette', 'long', '--speed', '4'])
  await measure(server.url)
  const before = await residentBytes(server.pid)
  let most = before
  const watch = setInterval(() => {
    void residentBytes(server.pid).then((bytes) => (most = Math.max(most, bytes)))
  }, 50)
  const all = await Promise.all(Array.from({ length: STREAMS }, () => measure(server.url)))
  clearInterval(watch)
  await server.stop()
  const sent = STREAMS * EVENTS * LONG
  const share = (most - before) / sent
  process.stdout.write(
    `${STREAMS} streams of ${((EVENTS * LONG) / 1e6).toFixed(0)} MB at once\n  memory, as a share of what was sent ${share.toFixed(3)} (at most ${MEMORY})\n`,
  )
  return all.every(({ ordered }) => ordered) && share <= MEMORY
}

interface Measured {
  readonly ordered: boolean
  /** How much later than recorded the latest event came, in ms. */
  readonly lateness: number
}

/** Reads one stream to its end, and keeps none of it. */
function measure(base: string): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    let [seen, ordered, lateness] = [0, true, 0]
    let rest = ''
    const asked = http.request(`${base}/v1/chat/completions`, { method: 'POST', agent: false }, (res) => {
      res.setEncoding('latin1')
      res.on('data', (text: string) => {
        const at = performance.now() - began
        rest += text
        for (const [, n] of rest.matchAll(/data: \{"n":(\d+),[^\n]*\n\n/g)) {
          ordered &&= Number(n) === seen
          lateness = Math.max(lateness, at - Number(n) * APART)
          seen++
        }
        rest = rest.slice(rest.lastIndexOf('\n\n') + 2)
      })
      res.on('end', () => resolve({ ordered: ordered && seen === EVENTS, lateness }))
      res.on('error', reject)
    })
    asked.on('error', reject).end('{}')
  })
}

async function writeCassette(name: string, size: number): Promise<void> {
  const pad = 'x'.repeat(size)
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

/** Of a process on Linux. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}
