import { writeFile } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Session } from '../../src/engine/session/session.ts'
import { openLibrary } from '../../src/vcr/open-library.ts'
import { Arrivals } from '../../src/engine/arrival.ts'
import { systemClock } from '../../src/node/clock.ts'
import { startServer } from '../../src/server/start.ts'
import { LONG } from '../support/long.ts'
import { numbersFrom, shuffled } from '../support/shuffled.ts'
import { callerOf, compositionOf, sessionOf } from '../support/composition.ts'
import { tempDir } from '../support/temp.ts'

const SEEDS = LONG ? [1, 2, 3, 5, 8, 13, 21, 34, 55, 89] : [1, 2, 3]
const REQUESTS = 1000
const SESSIONS = 100
const EQUAL = 20
const KINDS = 12
const SOCKETS = 64

/** One request of one session; equal ones have the same kind, however their JSON is written. */
interface Asked {
  readonly session: number
  readonly kind: number
  readonly body: string
}

/** Twenty equal requests of one session, and the rest over all others, drawn from few kinds so that many are equal. */
function requestsOf(seed: number): Asked[] {
  const random = numbersFrom(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const equal = Array.from({ length: EQUAL }, () => ({ session: 0, kind: 0 }))
  const others = Array.from({ length: REQUESTS - EQUAL }, (_, i) => ({
    session: 1 + (i % (SESSIONS - 1)),
    kind: below(KINDS),
  }))
  const asked = [...equal, ...others].map((each) => ({ ...each, body: written(each.kind, random) }))
  return shuffled(asked, random)
}

/** The same JSON in one order of keys or another, tight or spaced. */
function written(kind: number, random: () => number): string {
  const members = Object.entries({ model: 'gpt-4o', input: `question ${kind}`, temperature: 0.5 })
  return JSON.stringify(Object.fromEntries(shuffled(members, random)), null, random() < 0.5 ? 0 : 2)
}

/** Kind 0 has twenty answers, the others one to four. */
async function cassette(): Promise<string> {
  const dir = await tempDir()
  const answers = Array.from({ length: KINDS }, (_, kind) =>
    Array.from({ length: kind === 0 ? EQUAL : 1 + (kind % 4) }, (__, i) => ({ kind, i })),
  ).flat()
  const text = shuffled(answers, numbersFrom(7)).map(
    ({ kind, i }) =>
      `  - request:\n      method: POST\n      path: /v1/responses\n      body:\n        json: '${written(kind, () => 0)}'\n    response:\n      status: 200\n      body:\n        text: answer ${i} of ${kind}\n`,
  )
  const head = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2026-01-02\ninteractions:\n'
  await writeFile(path.join(dir, 'c.yaml'), `${head}${text.join('')}...\n`)
  return dir
}

/** What each session got for each kind. Which of two equal requests got which of their answers nobody can tell. */
function bySession(asked: readonly Asked[], answers: readonly string[]): Map<string, string[]> {
  const got = new Map<string, string[]>()
  for (const [i, { session, kind }] of asked.entries()) {
    const key = `session ${session}, kind ${kind}`
    got.set(key, [...(got.get(key) ?? []), answers[i] as string].toSorted())
  }
  return got
}

/** What the equal requests got: as many answers as they are. */
function toSessionZero(asked: readonly Asked[], answers: readonly string[]): string[] {
  return answers.filter((_, i) => asked[i]?.session === 0)
}

/** One request after the other, and one session after the other. */
async function inTurn(
  asked: readonly Asked[],
  ask: (each: Asked, i: number) => Promise<string>,
): Promise<string[]> {
  const answers: string[] = []
  for (const [i, each] of [...asked.entries()].toSorted(([, a], [, b]) => a.session - b.session))
    answers[i] = await ask(each, i)
  return answers
}

const short = (status: number, body: string): string => (status === 200 ? body : String(status))

test(
  `${REQUESTS} requests at once over ${SESSIONS} sessions of a server, ${EQUAL} equal among them, are answered as one after the other`,
  { timeout: 240_000 },
  async () => {
    const server = await startServer({ mode: 'replay', dir: await cassette(), cassette: 'c' })
    onTestFinished(async () => void (await server.close()))
    const agent = new http.Agent({ keepAlive: true, maxSockets: SOCKETS })
    onTestFinished(() => agent.destroy())
    const ask = ({ session, body }: Asked, run: string, i: number): Promise<string> =>
      post(agent, server.url, `${run}-${session}`, body, i % 2 === 0)
    for (const seed of SEEDS) {
      const asked = requestsOf(seed)
      const alone = await inTurn(asked, (each, i) => ask(each, `alone-${seed}`, i))
      const atOnce = await Promise.all(asked.map((each, i) => ask(each, `at-once-${seed}`, i)))
      expect(bySession(asked, atOnce), `seed ${seed}`).toEqual(bySession(asked, alone))
      expect(new Set(toSessionZero(asked, atOnce)).size, `seed ${seed}`).toBe(EQUAL)
    }
    const { counts } = await server.close()
    expect(counts.hit + counts.exhausted).toBe(SEEDS.length * REQUESTS * 2)
    process.stdout.write(
      `${REQUESTS} requests at once over ${SESSIONS} sessions and ${SOCKETS} sockets, seeds ${SEEDS.join(', ')}: ${counts.hit} answered, ${counts.exhausted} exhausted, as one after the other\n`,
    )
  },
)

test(`${REQUESTS} requests at once over ${SESSIONS} sessions of the engine get what their place among their equals says`, async () => {
  const dir = await cassette()
  for (const seed of SEEDS) {
    const asked = requestsOf(seed)
    const composition = compositionOf(dir, 'replay')
    const library = await openLibrary('c', composition, 'record it')
    const sessions = (): readonly Session[] =>
      Array.from({ length: SESSIONS }, () => sessionOf(composition, library))
    const alone = sessions()
    const expected = await inTurn(asked, (each) => handle(alone, each))
    const atOnce = sessions()
    const answers = await Promise.all(asked.map((each) => handle(atOnce, each)))
    expect(answers, `seed ${seed}`).toEqual(expected)
    expect(new Set(toSessionZero(asked, answers)).size, `seed ${seed}`).toBe(EQUAL)
  }
})

const arrivals = new Arrivals(systemClock)

async function handle(sessions: readonly Session[], { session, body }: Asked): Promise<string> {
  const request = {
    method: 'POST',
    target: '/v1/responses',
    headers: [['content-type', 'application/json']] as const,
    body: Buffer.from(body),
  }
  const response = await (sessions[session] as Session).handle(request, callerOf({ arrivals }))
  return short(response.status, Buffer.from(response.body as Uint8Array).toString())
}

/** By the address or by the header, over a pool of sockets. */
function post(
  agent: http.Agent,
  url: string,
  session: string,
  body: string,
  byPath: boolean,
): Promise<string> {
  const at = `${url}${byPath ? `/s/${session}` : ''}/v1/responses`
  const headers = { 'content-type': 'application/json', ...(byPath ? {} : { 'x-vcr-session': session }) }
  return new Promise((resolve, reject) => {
    const request = http.request(at, { agent, method: 'POST', headers }, (res) => {
      let text = ''
      res.setEncoding('utf8')
      res.on('data', (part: string) => (text += part))
      res.on('error', reject)
      res.on('end', () => resolve(short(res.statusCode as number, text)))
    })
    request.on('error', reject)
    request.end(body)
  })
}
