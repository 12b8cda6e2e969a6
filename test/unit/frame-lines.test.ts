import { expect, test } from 'vitest'
import { sha256 } from '../../src/http/bytes.ts'
import type { FramesBody } from '../../src/cassette/cassette.ts'
import { restoreBase64, extractBase64 } from '../../src/cassette/notation/frame-blobs.ts'
import { parseFrameLines, printFrameLines } from '../../src/cassette/notation/frame-lines.ts'

const AUDIO = Buffer.alloc(4800, 'audio')

test('a frame is a line: who said it, when, and what', () => {
  const body: FramesBody = {
    kind: 'frames',
    frames: [
      { from: 'server', offset: 12, content: { kind: 'text', text: '{"type":"session.created"}' } },
      { from: 'client', offset: 30, content: { kind: 'text', text: 'no JSON' } },
      { from: 'client', offset: 31, content: { kind: 'text', text: '{\n}' } },
      { from: 'server', offset: 40, content: { kind: 'binary', bytes: new Uint8Array([1, 2, 255]) } },
    ],
    close: { from: 'client', offset: 50, code: 1000, reason: 'bye' },
  }
  const text = [
    '< 12 {"type":"session.created"}',
    '> 30 "no JSON"',
    String.raw`> 31 "{\n}"`,
    '< 40 base64 AQL/',
    '> 50 close 1000 "bye"',
    '',
  ].join('\n')
  expect(printFrameLines(body, new Map())).toBe(text)
  expect(parseFrameLines(text)).toEqual(body)
})

test('a close may lack its code, and a conversation its close', () => {
  expect(parseFrameLines('< 5 close\n')).toEqual({
    kind: 'frames',
    frames: [],
    close: { from: 'server', offset: 5, reason: '' },
  })
  expect(parseFrameLines('< 5 {}\n').close).toBeUndefined()
})

test('long base64 in JSON stands in a file, and the rest of the text as it is', () => {
  const text = `{"type": "response.output_audio.delta","delta":"${AUDIO.toString('base64')}", "n":1.0}`
  const blobs = new Map<string, Uint8Array>()
  const name = sha256(AUDIO)
  const printed = printFrameLines(
    { frames: [{ from: 'server', offset: 7, content: { kind: 'text', text } }] },
    blobs,
  )
  expect(printed).toBe(`< 7 {"type": "response.output_audio.delta","delta":"blob:${name}", "n":1.0}\n`)
  expect([...blobs.keys()]).toEqual([name])
  const [frame] = parseFrameLines(printed).frames
  if (frame?.content.kind !== 'text-with-blobs') throw new Error('nothing was taken out')
  expect(restoreBase64(frame.content, blobs)).toBe(text)
  const again = new Map<string, Uint8Array>()
  expect(printFrameLines({ frames: [frame] }, again)).toBe(printed)
  expect(again.size).toBe(0)
})

test('what only looks like base64 stays: words, and what would not come back to the byte', () => {
  for (const long of ['word '.repeat(300), `${'A'.repeat(1026)}`, `${'A'.repeat(1025)}=`, '-_'.repeat(600)]) {
    const text = JSON.stringify({ long })
    expect(extractBase64({ kind: 'text', text })).toEqual({ kind: 'text', text })
  }
})

test('a text that names a file of ours by chance is no hole', () => {
  const text = `{"say":"blob:${'a'.repeat(64)}"}`
  const printed = printFrameLines(
    { frames: [{ from: 'client', offset: 1, content: { kind: 'text', text } }] },
    new Map(),
  )
  expect(parseFrameLines(printed).frames[0]?.content).toEqual({ kind: 'text', text })
})

test('an invalid line is named', () => {
  expect(() => parseFrameLines('< 1 {}\n{"type":"x"}\n')).toThrow(/^frame 2 must be '> OFFSET …'/)
  expect(() => parseFrameLines('< 1 "{\n')).toThrow(/frame 1 starts with a quote but is not a JSON string/)
  expect(() => parseFrameLines('< 1 blob abc 3\n')).toThrow(/^frame 1 must be/)
})
