import { expect, test } from 'vitest'
import { cutAt } from '../../../support/packets.ts'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { opening, post, STREAM } from '../../talking.ts'

const ERROR = '{"type":"server_error","code":"server_error","message":"The server had an error","param":null}'

/** Streams as real ones are, and as they should not be. */
const SHAPES: Readonly<Record<string, string>> = {
  'without [DONE]': 'data: {"n":1}\n\ndata: {"n":2}\n\n',
  'with CRLF': 'data: {"n":1}\r\n\r\nevent: transcript.text.done\r\ndata: {"n":2}\r\n\r\n',
  'with CR': 'data: {"n":1}\r\rdata: {"n":2}\r\r',
  'with all line ends': 'data: {"n":1}\n\r\ndata: {"n":2}\r\n\ndata: {"n":3}\r\rdata: [DONE]\n\n',
  'with comments': ': OPENROUTER PROCESSING\n\n: \n\ndata: {"n":1}\n\n:\n\ndata: [DONE]\n\n',
  'with several data lines': 'data: {"n":\ndata: 1}\n\ndata\ndata:\ndata:  two\n\n',
  'with a BOM': '\uFEFFdata: {"n":1}\n\ndata: [DONE]\n\n',
  'with ids, retry and fields of its own': 'id: 7\nretry: 3000\nx-y: z\nevent: e\ndata: {"n":1}\n\n',
  'with an error in the middle of a chat': `data: {"n":1}\n\ndata: {"error": ${ERROR}}\n\n`,
  'with an error in the middle of a response, nested': `event: response.created\ndata: {"n":1}\n\nevent: error\ndata: {"type":"error","sequence_number":2,"error":${ERROR}}\n\nevent: response.failed\ndata: {"type":"response.failed","sequence_number":3}\n\n`,
  'with an error in the middle of a response, flat': `event: error\ndata: {"type":"error","code":"server_error","message":"x","param":null,"sequence_number":2}\n\n`,
  'that ends within an event': 'data: {"n":1}\n\ndata: {"n":2',
  'that ends after one line end': 'data: {"n":1}\n\ndata: {"n":2}\n',
  'of blank lines': '\n\n\n\ndata: {"n":1}\n\n\n\n',
  'of text outside ASCII': 'data: {"t":"Grüße 世界 🌍"}\n\ndata: {"t":"\u2028\u0085\u0000"}\n\n',
  'of nothing': '',
  'of JSON, under the type of a stream': `{"error": ${ERROR}}`,
}

/** Between any two bytes of a short stream: within line ends, characters and the BOM. */
const PACKETS: Readonly<Record<string, (whole: Uint8Array) => Uint8Array[]>> = {
  'at once': (whole) => [whole],
  'a byte at a time': (whole) => cutAt(whole, Array.from(whole.keys())),
}

export function streamShapeCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: a stream of any shape, cut anywhere, is recorded and replayed byte for byte`, async () => {
    const upstream = await localUpstream((req, res) => {
      req.resume()
      const [shape, packets] = decodeURIComponent(new URL(req.url ?? '', 'http://a').search.slice(1)).split(
        '/',
      )
      res.writeHead(200, STREAM)
      const whole = Buffer.from(SHAPES[shape as string] as string)
      for (const packet of PACKETS[packets as string]!(whole)) res.write(packet)
      res.end()
    })
    const dir = await tempDir()
    const asked = Object.keys(SHAPES).flatMap((shape) =>
      Object.keys(PACKETS).map((packets) => ({
        shape,
        packets,
        target: `/v1/chat/completions?${encodeURIComponent(`${shape}/${packets}`)}`,
      })),
    )
    for (const mode of ['record', 'replay', 'in time'] as const) {
      const timing = mode === 'in time' ? { speed: 1e6 } : ('instant' as const)
      const subject = await (mode === 'record' ? record(dir, upstream.url) : replay(dir, { timing }))
      for (const { shape, packets, target } of asked) {
        const response = await subject.fetch(target, post({}))
        const text = Buffer.from(await response.arrayBuffer()).toString()
        expect([mode, shape, packets, text]).toEqual([mode, shape, packets, SHAPES[shape]])
      }
      const outcomes = new Set((await subject.close()).map(({ outcome }) => outcome))
      expect([...outcomes]).toEqual([mode === 'record' ? 'recorded' : 'hit'])
      if (mode === 'record') await upstream.close()
    }
  })
}
