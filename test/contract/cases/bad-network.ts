import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { rawUpstream, type Speak } from '../../support/raw-upstream.ts'
import { tempDir } from '../../support/temp.ts'
import { localUpstream } from '../../support/upstream.ts'
import { type Adapter, HOST, type Subject } from '../adapter.ts'
import { file, gate, opening, readEvent } from '../talking.ts'

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const STREAM = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
const EVENT = 'data: {"n":1}\n\n'
const CHUNK = `${EVENT.length.toString(16)}\r\n${EVENT}\r\n`

/** Upstreams that answer nothing. */
const SILENT: Readonly<Record<string, Speak>> = {
  'resets the connection': (socket) => socket.resetAndDestroy(),
  'closes the connection': (socket) => socket.end(),
  'breaks off in its head': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-'),
  'speaks no HTTP': (socket) => socket.end('220 mail.example.com ESMTP\r\n\r\n'),
}

/** Upstreams that begin well. */
const BROKEN: Readonly<Record<string, Speak>> = {
  'says a length that is too long': (socket) => socket.end(`${HEAD}content-length: 100\r\n\r\n{"half":`),
  'ends its chunks before the last': (socket) => socket.end(STREAM + CHUNK),
  'sends a chunk that is none': (socket) => socket.end(`${STREAM}${CHUNK}zz\r\n`),
}

const WHOLE: Speak = (socket) => socket.end(`${HEAD}content-length: 2\r\n\r\n{}`)

type Ask = (path: string, init?: RequestInit) => Promise<Response>

interface Seen {
  readonly status?: number
  readonly text?: string
  readonly error?: string
  /** As Node names it, where no connection of the client's own stands between. */
  readonly code?: unknown
}

async function seen(ask: Ask, subject: Subject | undefined): Promise<Seen> {
  const isInProcess = subject === undefined || subject.base === undefined || subject.base === HOST
  try {
    const response = await ask('/v1/half')
    const { status } = response
    return { status, ...(await read(response)) }
  } catch (error) {
    const { cause, message } = error as { cause?: { code?: unknown }; message: string }
    return { error: message, ...(isInProcess ? { code: cause?.code } : {}) }
  }
}

async function read(response: Response): Promise<Seen> {
  let text = ''
  try {
    for await (const packet of response.body as ReadableStream<Uint8Array>)
      text += Buffer.from(packet).toString()
    return { text }
  } catch (error) {
    return { text, error: (error as Error).message }
  }
}

export function badNetworkCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  /** What a client sees that asks by itself, and one that is recorded; and what the recording says. */
  const bothWays = async (speak: Speak | undefined) => {
    const gone = await localUpstream(() => {})
    await gone.close()
    const upstream =
      speak === undefined
        ? gone.url
        : await rawUpstream((socket, head) => (head.includes('/v1/whole') ? WHOLE : speak)(socket, head))
    const direct = await seen((path) => fetch(upstream + path), undefined)
    const dir = await tempDir()
    const recording = await record(dir, upstream)
    if (speak !== undefined) await (await recording.fetch('/v1/whole')).text()
    const recorded = await seen((path) => recording.fetch(path), recording)
    const journal = await recording.close()
    const kept = speak === undefined ? '' : await file(dir)
    const isInProcess = recording.base === undefined || recording.base === HOST
    const { code, ...rest } = direct
    return {
      direct: direct.status === undefined && isInProcess ? { ...rest, code } : rest,
      recorded,
      entry: journal.at(-1),
      kept,
      dir,
    }
  }

  for (const [what, speak] of [['refuses', undefined], ...Object.entries(SILENT)] as const) {
    test(`${adapter.name}: an upstream that ${what} is to the client what it is without us`, async () => {
      const { direct, recorded, entry, kept } = await bothWays(speak)
      expect(direct.error).toBe('fetch failed')
      expect(recorded).toEqual(direct)
      expect(entry).toMatchObject({
        outcome: 'failed',
        reason: expect.stringContaining('no response from the upstream http://127.0.0.1:') as string,
      })
      expect(kept).not.toContain('/v1/half')
    })
  }

  for (const [what, speak] of Object.entries(BROKEN)) {
    test(`${adapter.name}: an upstream that ${what} breaks the client's response at the same place, and no partial response is recorded`, async () => {
      const { direct, recorded, entry, kept } = await bothWays(speak)
      expect(direct).toMatchObject({ status: 200, error: 'terminated' })
      expect(recorded).toEqual(direct)
      expect(entry).toMatchObject({
        outcome: 'dropped',
        reason: expect.stringContaining("the upstream's response was cut off: ") as string,
      })
      expect(kept).not.toContain('/v1/half')
    })
  }

  test(`${adapter.name}: a length that is too short is the end, live and replayed`, async () => {
    const { direct, recorded, entry, dir } = await bothWays((socket) =>
      socket.end(`${HEAD}content-length: 4\r\n\r\n{"a":1}`),
    )
    expect(direct).toEqual({ status: 200, text: '{"a"' })
    expect([recorded, entry?.outcome]).toEqual([direct, 'recorded'])
    const replaying = await replay(dir)
    expect(await seen((path) => replaying.fetch(path), replaying)).toEqual(direct)
  })

  test(`${adapter.name}: an upstream that is reset in the middle of a stream breaks the client off, after what came`, async () => {
    const begun = gate()
    const upstream = await rawUpstream((socket) => {
      socket.write(STREAM + CHUNK)
      void begun.opened.then(() => socket.resetAndDestroy())
    })
    const recording = await record(await tempDir(), upstream)
    const reader = (await recording.fetch('/v1/half')).body!.getReader()
    expect(await readEvent(reader)).toBe(EVENT)
    begun.open()
    await expect(reader.read()).rejects.toThrow('terminated')
    expect(await recording.close()).toMatchObject([
      {
        outcome: 'dropped',
        reason: expect.stringContaining("the upstream's response was cut off: ") as string,
      },
    ])
  })

  test(`${adapter.name}: openai's client raises for an upstream that resets what it raises without us`, async () => {
    const upstream = await rawUpstream((socket) => socket.resetAndDestroy())
    const recording = await record(await tempDir(), upstream)
    const raised = async (ask: Ask): Promise<unknown> => {
      const fetchBy = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
        ask(new URL(String(url)).pathname, init)
      const client = new OpenAI({ apiKey: 'none', baseURL: `${HOST}/v1`, fetch: fetchBy, maxRetries: 0 })
      return client.models.list().then(
        () => undefined,
        (error: unknown) => (error as Error).constructor,
      )
    }
    expect(await raised((path, init) => fetch(upstream + path, init))).toBe(OpenAI.APIConnectionError)
    expect(await raised((path, init) => recording.fetch(path, init))).toBe(OpenAI.APIConnectionError)
  })
}
