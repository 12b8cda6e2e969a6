// What a cassette costs a test, against a fetch stub written by hand, in one process. A
// "test" opens its cassette, makes one call with the openai SDK, reads all of the answer
// and closes. Exits with 1 only when an answer was wrong.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import OpenAI from 'openai'
import { openCassette } from 'openai-vcr'
import { intercept } from 'openai-vcr/intercept'
import { chat, type Exchange, stream } from './exchanges.ts'
import { startBare } from './servers.ts'
import { median } from './table.ts'

/** Each has a cassette of its own, as tests have. */
const TESTS = 50
const ROUNDS = 7

/** One test: a client, a call, its whole answer as text. */
type Test = (number: number) => Promise<string>

const KINDS = {
  JSON: { exchange: chat, at: 'chat', ask: askForJson },
  'stream of 300 events': { exchange: stream, at: 'stream', ask: askForStream },
} as const

const QUESTION = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'Will it rain in Paris?' }],
}

process.exitCode = await main()

async function main(): Promise<number> {
  const dir = await mkdtemp(path.join(tmpdir(), 'openai-vcr-bench-'))
  const bare = await startBare()
  try {
    const rows = [['', 'stub', 'ours', 'ratio', 'spread']]
    for (const [name, { exchange, at, ask }] of Object.entries(KINDS)) {
      const options = { mode: 'record', dir, upstream: `${bare.url}/${at}` } as const
      for (let test = 0; test < TESTS; test++) {
        await using vcr = await openCassette(`${at}/${test}`, options)
        await ask(client(vcr.fetch))
      }
      const byHand: Test = () => ask(client(stubOf(exchange)))
      const expected = await byHand(0)
      for (const [adapter, ours] of Object.entries(adapters(dir, at, ask))) {
        const answer = await ours(0)
        if (answer !== expected)
          throw new Error(`${name}, ${adapter}: the answer is not the stub's: ${answer}`)
        rows.push([`${name}, ${adapter}`, ...(await compare(byHand, ours))])
      }
    }
    for (const [name = '', ...cells] of rows)
      process.stdout.write(`${name.padEnd(32)}${cells.map((cell) => cell.padStart(14)).join('')}\n`)
    return 0
  } finally {
    await bare.stop()
    await rm(dir, { recursive: true })
  }
}

function adapters(dir: string, at: string, ask: (client: OpenAI) => Promise<string>): Record<string, Test> {
  return {
    fetch: async (number) => {
      await using vcr = await openCassette(`${at}/${number}`, { dir })
      return await ask(client(vcr.fetch))
    },
    MSW: async (number) => {
      await using vcr = await openCassette(`${at}/${number}`, { dir })
      await using _ = await intercept(vcr)
      return await ask(client())
    },
  }
}

/** Runs both in turns; the first round warms up. Milliseconds a test. */
async function compare(byHand: Test, ours: Test): Promise<string[]> {
  const times: [stub: number, ours: number][] = []
  for (let round = 0; round <= ROUNDS; round++) times.push([await timed(byHand), await timed(ours)])
  times.shift()
  const ratios = times.map(([stub, vcr]) => vcr / stub)
  return [
    `${median(times.map(([stub]) => stub)).toFixed(2)} ms`,
    `${median(times.map(([, vcr]) => vcr)).toFixed(2)} ms`,
    median(ratios).toFixed(1),
    `${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)}`,
  ]
}

async function timed(test: Test): Promise<number> {
  const start = performance.now()
  for (let number = 0; number < TESTS; number++) await test(number)
  return (performance.now() - start) / TESTS
}

/** What people write where there is no recorder: the answer's pieces, a chunk each. */
function stubOf({ status, headers, pieces }: Exchange): typeof fetch {
  const chunks = pieces.map((piece) => Buffer.from(piece))
  const pairs = headers.map(([name, value]): [string, string] => [name, value])
  return async () => new Response(ReadableStream.from(chunks), { status, headers: pairs })
}

function client(fetch?: typeof globalThis.fetch): OpenAI {
  return new OpenAI({ apiKey: 'sk-bench', ...(fetch === undefined ? {} : { fetch }) })
}

async function askForJson(openai: OpenAI): Promise<string> {
  return JSON.stringify(await openai.chat.completions.create(QUESTION))
}

async function askForStream(openai: OpenAI): Promise<string> {
  const events = await openai.chat.completions.create({ ...QUESTION, stream: true })
  let said = ''
  for await (const event of events) said += event.choices[0]?.delta.content ?? ''
  return said
}
