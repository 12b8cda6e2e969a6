import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeText } from '../../src/http/bytes.ts'
import { openCassette } from '../../src/vcr/open-cassette.ts'
import { cutAt } from '../support/packets.ts'
import { bodyBytes, jsonText, stream, text } from '../support/arbitraries.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'
import { runs } from '../support/long.ts'

const CODINGS = {
  none: (bytes: Uint8Array) => bytes,
  gzip: gzipSync,
  deflate: deflateSync,
  'raw deflate': deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const
type Coding = keyof typeof CODINGS

interface Exchange {
  readonly asked: Uint8Array
  readonly status: number
  readonly type: string | undefined
  readonly body: Uint8Array
  readonly coding: Coding
  readonly cuts: readonly number[]
}

const exchange: fc.Arbitrary<Exchange> = fc
  .tuple(
    fc.oneof(
      fc.tuple(fc.constantFrom('application/json', 'text/plain', undefined), bodyBytes),
      fc.tuple(fc.constant('text/event-stream; charset=utf-8'), stream.map(encodeText)),
      fc.tuple(fc.constantFrom('text/event-stream'), bodyBytes),
    ),
    fc.record({
      asked: fc.oneof(
        fc.constant(new Uint8Array(0)),
        jsonText.map(encodeText),
        text.map(encodeText),
        bodyBytes,
      ),
      status: fc.constantFrom(200, 200, 201, 400, 429, 500, 503),
      coding: fc.constantFrom(...(Object.keys(CODINGS) as Coding[])),
      cuts: fc.array(fc.nat(), { maxLength: 4 }),
    }),
  )
  .map(([[type, body], rest]) => ({ type, body, ...rest }))

const OWN_HEADERS = new Set([
  'retry-after-ms',
  'openai-poll-after-ms',
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
])

/** Status, headers and body of an answer; what belongs to the connection aside. */
async function heard(
  response: Response,
): Promise<{ status: number; headers: [string, string][]; body: Uint8Array }> {
  const headers = [...response.headers].filter(([name]) => !OWN_HEADERS.has(name))
  return { status: response.status, headers, body: new Uint8Array(await response.arrayBuffer()) }
}

test('what was recorded is what is replayed, byte for byte', async () => {
  const root = await tempDir()
  let answers: Exchange[] = []
  const upstream = await localUpstream((req, res) => {
    void (async () => {
      await readAll(req)
      const { status, type, body, coding, cuts } = answers.shift() as Exchange
      const coded = CODINGS[coding](body)
      res.writeHead(status, {
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(coding === 'none' ? {} : { 'content-encoding': coding.replace('raw ', '') }),
        'x-odd': ['a\u00a0', 'b: "c" # d', ''],
      })
      for (const packet of cutAt(coded, cuts)) res.write(packet)
      res.end()
    })()
  })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 4 }), async (exchanges) => {
      const dir = `${root}/${run++}`
      answers = [...exchanges]
      const ask = (vcr: { fetch: typeof fetch }, { asked }: Exchange): Promise<Response> =>
        vcr.fetch('http://127.0.0.1/v1/x?a=b', { method: 'POST', body: asked as Uint8Array<ArrayBuffer> })
      const recording = await openCassette('c', { dir, mode: 'record', upstream: upstream.url })
      const live = []
      for (const each of exchanges) live.push(await heard(await ask(recording, each)))
      await recording.close()
      expect(live.map(({ body }) => body)).toEqual(exchanges.map(({ body }) => body))
      expect(recording.journal.map(({ outcome }) => outcome)).toEqual(exchanges.map(() => 'recorded'))

      const replay = await openCassette('c', { dir })
      for (const [i, each] of exchanges.entries())
        expect(await heard(await ask(replay, each))).toEqual(live[i])
      expect(replay.journal.map(({ outcome }) => outcome)).toEqual(exchanges.map(() => 'hit'))
      expect(replay.unused()).toEqual([])
      await replay.close()
    }),
    { numRuns: runs(150) },
  )
})
