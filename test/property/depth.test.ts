import { expect, test } from 'vitest'
import { readRequestBody } from '../../src/cassette/bodies/body.ts'
import { encodeText } from '../../src/http/bytes.ts'
import { parseCassette, printCassette } from '../../src/cassette/notation/text.ts'
import type { RecordedRequest, RecordedResponse } from '../../src/cassette/cassette.ts'
import { diffJson } from '../../src/match/near-miss/json-diff.ts'
import { canonicalJson, type Json, parseJson } from '../../src/json/json.ts'
import { compactJson, prettyJson } from '../../src/json/layout.ts'
import { compareParts, nearest } from '../../src/match/near-miss/near-miss.ts'
import { showPair } from '../../src/match/near-miss/show-pair.ts'
import { redactorOf } from '../support/redactor.ts'
import { identify, secretShapes } from '../../src/openai/shapes.ts'

const DEPTH = 20_000
const lists = `${'['.repeat(DEPTH)}12345678901234567890${']'.repeat(DEPTH)}`
const objects = `${'{"a":"x","b":'.repeat(DEPTH)}"sk-proj-abcdefghij0123456789"${'}'.repeat(DEPTH)}`

const changed = (text: string): string => text.replace(/12345678901234567890|"sk-[^"]*"/, '0')
const same = <T>(value: T): T => value

for (const [name, text] of [
  ['lists', lists],
  ['objects', objects],
] as const) {
  test(`${DEPTH} levels of ${name} are read, compared and laid out`, () => {
    const value = parseJson(text) as Json
    expect(parseJson(canonicalJson(value))).toBeDefined()
    expect(compactJson(prettyJson(text))).toBe(text)
    expect(diffJson(value, parseJson(changed(text)), 5)).toHaveLength(1)
  })

  test(`${DEPTH} levels of ${name} are redacted, identified and printed`, () => {
    const redactor = redactorOf([], [/no such thing/])
    const body = readRequestBody(encodeText(text), 'application/json')
    const request: RecordedRequest = redactor.request({ method: 'POST', path: '/', headers: [], body })
    const response: RecordedResponse = redactor.response({
      status: 200,
      headers: [],
      body: { kind: 'json', text },
    })
    const events = redactor.response({
      status: 200,
      headers: [],
      body: { kind: 'events', events: [{ offset: 0, raw: `data: ${text}\n\n` }] },
    })
    const printed = printCassette({
      version: 1,
      upstream: 'http://a',
      recordedAt: '2026-11-22',
      interactions: [
        { request, response },
        { request, response: events },
      ],
    })
    expect(printed.text).not.toContain('abcdefghij')
    expect(redactor.leak(request, response)).toBeUndefined()
    const again = parseCassette(printed.text, 'x').interactions[0]?.request as RecordedRequest
    const identity = identify(request)
    expect(identify(again).fingerprint).toBe(identity.fingerprint)
    const candidates = { all: [identity.parts], partsOf: same, isPlayed: () => false }
    expect(
      nearest(identity.parts, candidates, compareParts(secretShapes.placeholders))[0]?.differences,
    ).toEqual([])
    const other = identify({ ...again, body: { kind: 'json', text: prettyJson(changed(text)) } })
    const [near] = nearest(other.parts, candidates, compareParts(secretShapes.placeholders))
    expect(near?.differences).toHaveLength(1)
    expect(near?.differences.map((each) => showPair(each.recorded, each.received))).toHaveLength(1)
  })
}
