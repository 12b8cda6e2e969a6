// How fast our server replays, against a bare node:http server that sends the same bytes.
// Exits with 1 only when an answer was wrong: how fast is fast depends on the machine.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ask, faultOf } from './ask.ts'
import { chat, type Exchange, manyChats, stream } from './exchanges.ts'
import { load } from './load.ts'
import { type Running, startBare, startOurs } from './servers.ts'
import { type Row, table } from './table.ts'

const ROUNDS = 3
const ROUND_SECONDS = 2
const WARM_UP_SECONDS = 1

interface Case {
  readonly name: string
  readonly exchange: Exchange
  /** Where the bare server has the answer. */
  readonly at: string
}

const CASES: readonly Case[] = [
  { name: 'chat, 2000 different requests', exchange: manyChats, at: '/chat' },
  { name: 'chat, the same request again', exchange: chat, at: '/chat' },
  { name: 'stream of 300 events, bare in 300 writes', exchange: stream, at: '/stream' },
  { name: 'stream of 300 events, bare in one write', exchange: stream, at: '/whole' },
]

process.exitCode = await main()

async function main(): Promise<number> {
  const dir = await mkdtemp(path.join(tmpdir(), 'openai-vcr-bench-'))
  const bare = await startBare()
  try {
    await record(bare, dir)
    const ours = await startOurs(['--mode', 'replay', '--cassettes', dir])
    try {
      return await compare(ours, bare)
    } finally {
      await ours.stop()
    }
  } finally {
    await bare.stop()
    await rm(dir, { recursive: true })
  }
}

/** Records our cassettes from the bare server. */
async function record(bare: Running, dir: string): Promise<void> {
  for (const [name, exchange] of Object.entries({ chat: manyChats, stream })) {
    const upstream = `${bare.url}/${name}`
    const recorder = await startOurs([
      '--mode',
      'record',
      '--cassettes',
      dir,
      '--cassette',
      name,
      '--upstream',
      upstream,
    ])
    for (const body of exchange.requestBodies) await ask(recorder.url, exchange, body)
    await recorder.stop()
  }
}

async function compare(ours: Running, bare: Running): Promise<number> {
  const rows: Row[] = []
  let wrong = 0
  for (const { name, exchange, at } of CASES) {
    const bases = [ours.url, bare.url + at] as const
    for (const base of bases) {
      const fault = faultOf(await ask(base, exchange), exchange)
      if (fault !== undefined) {
        process.stderr.write(`${name}: ${base} answers wrongly: ${fault}\n`)
        return 1
      }
    }
    const rates: [ours: number[], bare: number[]] = [[], []]
    for (const base of bases) wrong += (await load(base, exchange, WARM_UP_SECONDS)).wrong
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, base] of bases.entries()) {
        const result = await load(base, exchange, ROUND_SECONDS)
        rates[i]?.push(result.rate)
        wrong += result.wrong
      }
    }
    rows.push({ name, ours: rates[0], bare: rates[1] })
  }
  process.stdout.write(table(rows))
  if (wrong > 0) process.stderr.write(`${wrong} answers were no 2xx, or did not come\n`)
  return wrong > 0 ? 1 : 0
}
