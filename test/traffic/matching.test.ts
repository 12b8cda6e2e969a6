import { expect, test } from 'vitest'
import type { HttpRequest, HttpResponse } from '../../src/http/message.ts'
import { redactorOf } from '../support/redactor.ts'
import { Arrivals } from '../../src/engine/arrival.ts'
import type { UpstreamResponse } from '../../src/engine/ports.ts'
import { RequestReader } from '../../src/engine/request/request-reader.ts'
import type { Session } from '../../src/engine/session/session.ts'
import { openLibrary } from '../../src/vcr/open-library.ts'
import type { Library } from '../../src/engine/library/library.ts'
import { systemClock } from '../../src/node/clock.ts'
import { openai } from '../../src/openai/dialect.ts'
import { callerOf, compositionOf, sessionOf } from '../support/composition.ts'
import { tempDir } from '../support/temp.ts'
import { type Asking, askingOf, withOtherBoundary, withOtherJson, withOtherQueryOrder } from './asking.ts'
import { type Changed, changesOf } from './changes.ts'
import { cassetteOf, type Exchange, readExchanges, trafficIsThere } from './exchanges.ts'
import { meaningOf } from './meaning.ts'
import { joinBytes } from '../../src/http/bytes.ts'

const LONG = 240_000

// Said once, so that a run without real traffic is not taken for one with it.
if (!trafficIsThere) process.stderr.write('real traffic is not there: its matching is not tested\n')

/** The same request as another client, or the same one tomorrow, may send it. */
const REWRITINGS: Readonly<Record<string, (asking: Asking) => Asking | undefined>> = {
  'JSON written otherwise': withOtherJson,
  'another boundary': withOtherBoundary,
  'another order of the query': withOtherQueryOrder,
  'another SDK': (asking) => ({ ...asking, sdk: '99.1.0' }),
}

test.skipIf(!trafficIsThere)(
  'no two real requests of one cassette that differ in meaning share a fingerprint',
  { timeout: LONG },
  () => {
    const exchanges = readExchanges()
    let pairs = 0
    let equal = 0
    for (const group of groupsOf(exchanges).values()) {
      const reader = new RequestReader(redactorOf(), openai)
      const read = group.map((exchange) => {
        const asking = askingOf(exchange)
        return {
          meaning: meaningOf(asking),
          fingerprint: reader.read(requestOf(asking)).identity.fingerprint,
        }
      })
      for (const [i, one] of read.entries()) {
        for (const [j, other] of read.slice(i + 1).entries()) {
          const [a, b] = [group[i] as Exchange, group[i + 1 + j] as Exchange]
          expect(
            one.fingerprint === other.fingerprint,
            `${a.method} ${a.path} and ${b.path} of ${a.group}`,
          ).toBe(one.meaning === other.meaning)
          pairs++
          if (one.meaning === other.meaning) equal++
        }
      }
    }
    tell(
      `${exchanges.length} real requests: ${pairs} pairs within a cassette, ${equal} of them equal in meaning`,
    )
  },
)

test.skipIf(!trafficIsThere)(
  'every real request replays however it is written, and none when something in it is changed',
  { timeout: LONG },
  async () => {
    const exchanges = readExchanges()
    const dir = await tempDir()
    const counts = new Map<string, number>()
    const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
    for (const [name, group] of groupsOf(exchanges)) {
      await record(dir, name, group)
      const source = await open(dir, name, 'replay')
      const asked = group.map(askingOf)
      const expected = await play(source.session(), asked)
      for (const [i, { status }] of group.entries()) expect(expected[i]).toMatch(new RegExp(`^${status} `))
      for (const [what, rewrite] of Object.entries(REWRITINGS)) {
        const rewritten = asked.map((asking) => rewrite(asking) ?? asking)
        expect(await play(source.session(), rewritten), `${what}: ${group[0]?.group}`).toEqual(expected)
        for (const asking of asked) if (rewrite(asking) !== undefined) count(`replayed with ${what}`)
      }
      const recorded = new Set(asked.map(meaningOf))
      for (const changed of asked.flatMap(changesOf)) {
        if (recorded.has(meaningOf(changed.asking))) count('recorded as well')
        else {
          expect(await outcomeOf(source, changed), `${changed.what}: ${group[0]?.group}`).toBe('miss')
          count(`refused: another ${changed.kind}`)
        }
      }
    }
    tell(
      `${exchanges.length} real requests in ${groupsOf(exchanges).size} cassettes: ${[...counts].map(([what, n]) => `${n} ${what}`).join(', ')}`,
    )
    expect([...counts.keys()]).toEqual(expect.arrayContaining(EXPECTED))
  },
)

/** Each of these happened, or the test says less than it seems to. */
const EXPECTED = [
  ...Object.keys(REWRITINGS).map((what) => `replayed with ${what}`),
  ...['message', 'tool', 'temperature', 'model', 'stream'].map((kind) => `refused: another ${kind}`),
]

function groupsOf(exchanges: readonly Exchange[]): Map<string, Exchange[]> {
  const groups = new Map<string, Exchange[]>()
  for (const exchange of exchanges) {
    const name = cassetteOf(exchange, exchanges)
    groups.set(name, [...(groups.get(name) ?? []), exchange])
  }
  return groups
}

async function record(dir: string, name: string, group: readonly Exchange[]): Promise<void> {
  const answers = group.values()
  const source = await open(dir, name, 'record', async () => {
    const { status, headers, body } = answers.next().value as Exchange
    return { status, headers, body: once(status === 204 ? Buffer.alloc(0) : body) }
  })
  const session = source.session()
  await play(session, group.map(askingOf))
  await session.settle(1000)
  await source.library.save()
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

/** Sends them one after the other; what came back, as texts. */
async function play(session: Session, asked: readonly Asking[]): Promise<string[]> {
  const answers: string[] = []
  for (const asking of asked) {
    const response = await session.handle(requestOf(asking), callerOf({ arrivals }))
    answers.push(`${response.status} ${await bodyOf(response)}`)
  }
  return answers
}

async function outcomeOf(source: Opened, { asking }: Changed): Promise<string | undefined> {
  const session = source.session()
  await play(session, [asking])
  return session.journal[0]?.outcome
}

async function bodyOf({ body }: HttpResponse): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString('latin1')
  const packets: Uint8Array[] = []
  for await (const packet of body) packets.push(packet)
  return Buffer.from(joinBytes(packets)).toString('latin1')
}

function requestOf({ method, path, type, body, sdk }: Asking): HttpRequest {
  const headers: [string, string][] = [
    ['user-agent', `OpenAI/JS ${sdk}`],
    ['x-stainless-package-version', sdk],
    ['x-stainless-runtime-version', `v${sdk}`],
    ['x-stainless-retry-count', '0'],
    ['authorization', 'Bearer sk-proj-0000planted1111secret2222value3333abcdEFGH'],
    ...(type === undefined ? [] : [['content-type', type] as [string, string]]),
  ]
  return { method, target: path, headers, body, origin: 'https://api.openai.com' }
}

interface Opened {
  readonly library: Library
  session(): Session
}

const arrivals = new Arrivals(systemClock)

async function open(
  dir: string,
  name: string,
  mode: 'record' | 'replay',
  send?: () => Promise<UpstreamResponse>,
): Promise<Opened> {
  const { upstream } = compositionOf(dir, mode).dependencies
  const composition = compositionOf(dir, mode, send === undefined ? {} : { upstream: { ...upstream, send } })
  const library = await openLibrary(name, composition, 'record it')
  return { library, session: () => sessionOf(composition, library) }
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`)
}
