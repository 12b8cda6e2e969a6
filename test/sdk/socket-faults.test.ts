import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import OpenAI from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { type FaultRule, openCassette } from '../../src/index.ts'
import { type RunningServer, startServer } from '../../src/server/start.ts'
import { startStandIn } from '../stand-in/start.ts'
import { KEY } from '../support/talk.ts'
import { converse, respond } from './socket-clients.ts'

/** A client of the SDK, how it tells of its socket's end, and whether it connects again by itself. */
interface Scene {
  connect(again?: boolean): OpenAIRealtimeWS | OpenAIRealtimeWebSocket
  end(): Promise<readonly string[]>
}

interface Way {
  readonly name: string
  open(faults: readonly FaultRule[]): Promise<Scene>
  /** What the client's error says. */
  readonly says: {
    readonly refused: RegExp
    readonly reset: RegExp
    readonly ended: RegExp
    /** Of a connection that breaks once it is open, the package `ws` tells by its close alone. */
    readonly broke: RegExp | undefined
  }
}

let recorded: string

beforeAll(async () => {
  recorded = await mkdtemp(path.join(tmpdir(), 'openai-vcr-test-'))
  const upstream = await startStandIn()
  const options = { dir: recorded, upstream: upstream.url, cassette: 'c', tls: true } as const
  const server = await startServer({ ...options, mode: 'record' })
  const { client, ca } = await clientOf(server)
  await converse(new OpenAIRealtimeWS({ model: 'gpt-realtime', options: { ca } }, client))
  await respond(new ResponsesWS(client, { ca }))
  await server.close()
  await upstream.close()
  return () => rm(recorded, { recursive: true, force: true })
})

const replay = { mode: 'replay', upstream: 'http://127.0.0.1:9' } as const

const ENDED = /^the session was closed while the request was waiting$/

const overServer: Way = {
  name: "openai/realtime/ws over the server's TLS",
  says: {
    refused: /^Unexpected server response: 429$/,
    reset: /^socket hang up$/,
    ended: /^socket hang up$/,
    broke: undefined,
  },
  open: async (faults) => {
    const server = await startServer({
      ...replay,
      dir: recorded,
      cassette: 'c',
      tls: true,
      faults,
      repeat: 'error',
    })
    onTestFinished(async () => void (await server.close()))
    const { client, ca } = await clientOf(server)
    return {
      connect: (reconnect = false) =>
        new OpenAIRealtimeWS({ ...RECONNECTING, model: 'gpt-realtime', reconnect, options: { ca } }, client),
      end: async () => (await server.close()).journal.map(({ outcome }) => outcome),
    }
  },
}

const wsInProcess: Way = {
  name: 'openai/realtime/ws in process',
  says: { ...overServer.says, reset: /^read ECONNRESET$/, ended: ENDED },
  open: (faults) =>
    playing(faults, (client, reconnect) => {
      return new OpenAIRealtimeWS({ ...RECONNECTING, model: 'gpt-realtime', reconnect }, client)
    }),
}

const inProcess: Way = {
  name: 'openai/realtime/websocket in process',
  says: {
    // It has the body of the answer, which Node's own class does not tell.
    refused: /[^]*Rate limit reached for gpt-realtime/,
    reset: /^read ECONNRESET$/,
    ended: ENDED,
    broke: /^the connection broke$/,
  },
  open: (faults) =>
    playing(faults, (client, reconnect) => {
      return new OpenAIRealtimeWebSocket({ ...RECONNECTING, model: 'gpt-realtime', reconnect }, client)
    }),
}

async function playing(
  faults: readonly FaultRule[],
  connect: (client: OpenAI, reconnect: boolean) => ReturnType<Scene['connect']>,
): Promise<Scene> {
  const vcr = await openCassette('c', { ...replay, dir: recorded, faults })
  const network = await intercept(vcr, { hosts: ['api.openai.com'] })
  const close = async (): Promise<void> => {
    await vcr.close()
    await network.stop()
  }
  onTestFinished(close)
  const client = new OpenAI({ apiKey: KEY })
  return {
    connect: (reconnect = false) => connect(client, reconnect),
    end: async () => close().then(() => vcr.journal.map(({ outcome }) => outcome)),
  }
}

const RECONNECTING = { reconnectInitialDelay: 0, reconnectMaxDelay: 0 }
const websocket = true
const WHOLE = ['session.created', 'session.updated', 'response.done', 'close 1000']

for (const { name, open, says } of [overServer, wsInProcess, inProcess]) {
  const error = (pattern: RegExp): unknown =>
    expect.stringMatching(
      new RegExp(`^OpenAIRealtimeError: ${pattern.source.replace(/^\^/, '')}`, pattern.flags),
    )
  const broke = says.broke === undefined ? [] : [error(says.broke)]

  const outcomes: Readonly<Record<string, readonly [rule: FaultRule, told: readonly unknown[]]>> = {
    'an error of the catalogue is an error of the client': [
      { when: { websocket }, error: 'rate_limit_requests' },
      [error(says.refused), 'close 1006'],
    ],
    'an answer of one’s own is an error of the client': [
      { when: { websocket }, answer: { status: 429, body: 'Rate limit reached for gpt-realtime' } },
      [error(says.refused), 'close 1006'],
    ],
    'a handshake that is reset is an error of the client': [
      { when: { websocket }, reset: true },
      [error(says.reset), 'close 1006'],
    ],
    'a late handshake is none': [{ when: { websocket }, delay: 5 }, WHOLE],
    'a WebSocket that is closed ends with its code, and no error': [
      { close: { code: 1011, reason: 'keepalive', after: 2 } },
      ['session.created', 'session.updated', 'close 1011'],
    ],
    'a connection that breaks ends with 1006': [
      { when: { websocket }, cut: { after: 2 } },
      ['session.created', 'session.updated', ...broke, 'close 1006'],
    ],
    'a conversation that stalls is whole': [{ when: { websocket }, stall: { after: 2, ms: 5 } }, WHOLE],
    'a corrupted frame is an error of the client, with a SyntaxError as its cause': [
      { when: { websocket }, corrupt: { event: 2 } },
      [
        'session.created',
        'OpenAIRealtimeError: could not parse websocket event, by SyntaxError',
        'close 1000',
      ],
    ],
    'an error event is an error of the client, with what the API said': [
      { when: { websocket }, errorEvent: { at: 2, error: 'server_is_overloaded' } },
      [
        'session.created',
        'OpenAIRealtimeError: Our servers are currently overloaded. Please try again later. code=server_is_overloaded param=null type=service_unavailable_error event_id=null',
        'close 1000',
      ],
    ],
  }
  for (const [what, [rule, told]] of Object.entries(outcomes)) {
    test(`${name}: ${what}`, async () => {
      const { connect, end } = await open([rule])
      expect(await converse(connect())).toEqual(told)
      expect(await end()).toEqual(['faulted'])
    })
  }

  test(`${name}: a handshake that is never answered is an error once the session is closed`, async () => {
    const { connect, end } = await open([{ when: { websocket }, nth: 1, timeout: true }])
    const waiting = converse(connect())
    expect(await converse(connect())).toEqual(WHOLE)
    expect(await end()).toEqual(['faulted', 'hit'])
    expect(await waiting).toEqual([error(says.ended), 'close 1006'])
  })

  const breaks: readonly [what: string, rule: FaultRule][] = [
    ['a connection that broke', { when: { websocket }, nth: 1, cut: { after: 2 } }],
    ['a WebSocket that was closed with 1011', { nth: 1, close: { code: 1011, after: 2 } }],
    ['a WebSocket that was closed as soon as it was open', { nth: 1, close: { code: 1001 } }],
  ]
  for (const [what, rule] of breaks) {
    test(`${name}: a client that connects again by itself has all of its conversation after ${what}`, async () => {
      const { connect, end } = await open([rule])
      const told = await converse(connect(true), true)
      expect(told.slice(told.indexOf('reconnecting'))).toEqual(['reconnecting', 'reconnected', ...WHOLE])
      expect(await end()).toEqual(['faulted', 'hit'])
    })
  }
}

test('Responses over a WebSocket: an error ends the answer, and the client goes on', async () => {
  const errorEvent = { at: 2, error: 'insufficient_quota' }
  const faults = [{ when: { websocket }, nth: 1, errorEvent }]
  const server = await startServer({ ...replay, dir: recorded, cassette: 'c', faults, repeat: 'error' })
  onTestFinished(async () => void (await server.close()))
  const { client } = await clientOf(server)
  expect(await respond(new ResponsesWS(client))).toEqual([
    'response.created',
    expect.stringMatching(/^WebSocketError: .*You exceeded your current quota/),
  ])
  expect((await respond(new ResponsesWS(client))).at(-1)).toBe('response.completed')
})

async function clientOf(server: RunningServer): Promise<{ client: OpenAI; ca: string }> {
  const ca = server.certificate === undefined ? '' : await readFile(server.certificate, 'utf8')
  return { client: new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY }), ca }
}
