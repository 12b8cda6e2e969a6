import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyBytes, readEvents } from '../../src/cassette/bodies/body.ts'
import { encodeText, joinBytes } from '../../src/http/bytes.ts'
import {
  type LineEnd,
  lineEndOf,
  parseEventLines,
  printEventLines,
} from '../../src/cassette/notation/event-lines.ts'
import { EventSplitter, readEvent } from '../../src/http/sse.ts'
import { cutAt } from '../support/packets.ts'
import { events, stream } from '../support/arbitraries.ts'
import { runs } from '../support/long.ts'

function split(packets: readonly Uint8Array[]): { events: Uint8Array[]; rest: Uint8Array } {
  const splitter = new EventSplitter()
  return { events: packets.flatMap((packet) => splitter.push(packet)), rest: splitter.rest }
}

const cuts = fc.array(fc.nat(), { maxLength: 12 })

test('joined events are the stream, however its packets are cut', () => {
  fc.assert(
    fc.property(stream, cuts, (text, places) => {
      const whole = encodeText(text)
      const found = split(cutAt(whole, places))
      expect(joinBytes([...found.events, found.rest])).toEqual(whole)
    }),
    { numRuns: runs(1000) },
  )
})

test('packets do not change where events end', () => {
  fc.assert(
    fc.property(stream, cuts, (text, places) => {
      const whole = encodeText(text)
      const found = split(cutAt(whole, places))
      const inOne = split([whole])
      expect(found.events.map(String)).toEqual(inOne.events.map(String))
      expect(split([...whole].map((byte) => Uint8Array.of(byte))).events.map(String)).toEqual(
        inOne.events.map(String),
      )
    }),
    { numRuns: runs(1000) },
  )
})

test('an event ends with its first blank line and holds no other', () => {
  fc.assert(
    fc.property(stream, (text) => {
      for (const event of split([encodeText(text)]).events) {
        const raw = new TextDecoder('utf-8', { ignoreBOM: true }).decode(event)
        expect(raw).toMatch(/(?:\r\n|\r|\n)(?:\r\n|\r|\n)$/)
        expect(raw.replaceAll(/\r\n?/g, '\n').slice(0, -1)).not.toContain('\n\n')
      }
    }),
    { numRuns: runs(1000) },
  )
})

test('events as a body, printed as lines and parsed, give the same bytes', () => {
  fc.assert(
    fc.property(stream, cuts, (text, places) => {
      const whole = encodeText(text)
      const found = split(cutAt(whole, places))
      const body = readEvents(
        [...found.events, found.rest].filter((b) => b.length > 0).map((bytes, offset) => ({ offset, bytes })),
      )
      if (body?.kind !== 'events') throw new Error('these bytes are text')
      const eol = lineEndOf(body.events)
      const parsed = parseEventLines(printEventLines(body.events, eol), eol)
      expect(parsed).toEqual(body.events)
      expect(bodyBytes({ kind: 'events', events: parsed })).toEqual(whole)
    }),
    { numRuns: runs(1000) },
  )
})

test('printed events are one line each, whatever is in them', () => {
  fc.assert(
    fc.property(events, fc.constantFrom<LineEnd>('\n', '\r\n'), (each, eol) => {
      const text = printEventLines(each, eol)
      expect(text.split(/\n|\r|\u2028|\u2029|\u0085/)).toHaveLength(each.length + 1)
      expect(parseEventLines(text, eol)).toEqual(each)
    }),
    { numRuns: runs(1000) },
  )
})

test('an event carries the data that an EventSource would hand on', () => {
  expect(readEvent('\uFEFFevent: a\ndata: x\ndata:y\r\ndata\r: c\nid: 1\n\n')).toEqual({
    name: 'a',
    data: 'x\ny\n',
  })
  expect(readEvent(': only a comment\n\n')).toEqual({})
})

test('a long event in many packets is not searched over and over', () => {
  const splitter = new EventSplitter()
  const packet = new Uint8Array(1024).fill(97)
  const started = performance.now()
  for (let i = 0; i < 4000; i++) splitter.push(packet)
  expect(splitter.push(encodeText('\n\n'))).toHaveLength(1)
  expect(performance.now() - started).toBeLessThan(3000)
})
