import { expect, test } from 'vitest'
import type { Drift } from '../../src/api/drift.ts'
import { driftOf } from '../../src/drift/drift.ts'
import { driftRules } from '../../src/openai/drift/drift-rules.ts'
import { asking, cassetteOf, drift, json, textsOf } from '../support/drifting.ts'

const chat = (content: string): { body: ReturnType<typeof json> } => ({
  body: json({ choices: [{ message: { role: 'assistant', content } }] }),
})
const ask = (text: string, answer = 'Hi', more: object = {}): ReturnType<typeof asking> =>
  asking({ model: 'gpt-4o', messages: [{ role: 'user', content: text }], ...more }, chat(answer))

const places = ({ interactions }: Drift): unknown => interactions.map(({ before, after }) => [before, after])

test('the same request is compared with the same, wherever it stands', () => {
  const found = drift([ask('a'), ask('b'), ask('c')], [ask('c'), ask('a', 'Bye'), ask('b')])
  expect(places(found)).toEqual([[0, 1]])
  expect(found.unchanged).toBe(2)
  expect(textsOf(found)).toEqual({ kind: [], words: ['$.choices[].message.content: "Hi" → "Bye"'] })
})

test('equal requests are compared in their order', () => {
  const found = drift([ask('a', '1'), ask('a', '2')], [ask('a', '1'), ask('a', '3')])
  expect(places(found)).toEqual([[1, 1]])
})

test('requests that differ in ids of earlier answers are the same', () => {
  const follow = (id: string): ReturnType<typeof asking> =>
    asking({ previous_response_id: id, input: 'And?' }, chat('Hi'), '/v1/responses')
  const poll = (id: string): ReturnType<typeof asking> => asking({}, chat('Hi'), `/v1/responses/${id}`)
  const [a, b] = ['resp_0123456789abcdef', 'resp_fedcba9876543210']
  expect(drift([follow(a), poll(a)], [follow(b), poll(b)])).toMatchObject({ interactions: [], unchanged: 2 })
})

test('the same request but for ids is compared before another one to its address', () => {
  const follow = (id: string, input: string, said: string): ReturnType<typeof asking> =>
    asking({ previous_response_id: id, input }, chat(said), '/v1/responses')
  const [a, b] = ['resp_0123456789abcdef', 'resp_fedcba9876543210']
  const found = drift(
    [follow(a, 'one', '1'), follow(a, 'two', '2')],
    [follow(b, 'two', '2'), follow(b, 'one', '1')],
  )
  expect(found).toMatchObject({ interactions: [], unchanged: 2 })
})

test('a request that changed is compared with the next one to its address', () => {
  const found = drift([ask('a'), ask('b')], [ask('a'), ask('b!', 'Hi', { temperature: 0 })])
  expect(textsOf(found)).toEqual({
    kind: ['added: request $.temperature (number)'],
    words: ['request $.messages[user].content: "b" → "b!"'],
  })
})

test('another model is told of the request', () => {
  expect(textsOf(drift([ask('a')], [ask('a', 'Hi', { model: 'gpt-5' })])).kind).toEqual([
    'request $.model: "gpt-4o" → "gpt-5"',
  ])
})

test('a message more and a tool less are kinds', () => {
  const tool = (name: string, type: string): object => ({
    type: 'function',
    function: { name, description: 'Tells.', parameters: { properties: { at: { type } } } },
  })
  const before = ask('a', 'Hi', { tools: [tool('one', 'string'), tool('two', 'string')] })
  const after = asking(
    {
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'a' },
      ],
      tools: [tool('one', 'number')],
    },
    chat('Hi'),
  )
  expect(textsOf(drift([before], [after])).kind).toEqual([
    'added: request $.messages[system] (object)',
    'removed: request $.tools[two] (object)',
    'request $.tools[one].function.parameters.properties.at.type: "string" → "number"',
  ])
})

test('what a request carries along of an answer that changed has not changed by itself', () => {
  const follow = (said: string, question: string): ReturnType<typeof asking> =>
    asking(
      {
        model: 'gpt-4o',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: said },
          { role: 'user', content: question },
        ],
      },
      chat('Fine'),
    )
  const same = drift(
    [ask('a', 'Hello'), follow('Hello', 'And?')],
    [ask('a', 'Good day'), follow('Good day', 'And?')],
  )
  expect(places(same)).toEqual([[0, 0]])
  const other = drift(
    [ask('a', 'Hello'), follow('Hello', 'And?')],
    [ask('a', 'Good day'), follow('Bye', 'And?')],
  )
  expect(places(other)).toEqual([
    [0, 0],
    [1, 1],
  ])
})

test('interactions that came or went are kinds, in their order', () => {
  const list = asking({}, chat('Hi'), '/v1/files')
  const found = drift([ask('a'), list, ask('b')], [ask('a'), ask('b'), asking({}, chat('Hi'), '/v1/batches')])
  expect(places(found)).toEqual([
    [1, undefined],
    [undefined, 2],
  ])
  expect(textsOf(found).kind).toEqual(['removed: the whole interaction', 'added: the whole interaction'])
})

test('a path is compared without its ids, and its query counts', () => {
  const at = (path: string): ReturnType<typeof asking> => asking({}, chat('Hi'), path)
  expect(textsOf(drift([at('/v1/files?limit=2')], [at('/v1/files?limit=3')])).kind).toEqual([
    'request path: "/v1/files?limit=2" → "/v1/files?limit=3"',
  ])
  expect(
    drift([at('/v1/files/file-0123456789/x')], [at('/v1/files/file-9876543210/x')]).interactions,
  ).toEqual([])
})

test('a form is compared field by field, its files by their hash', () => {
  const form = (model: string, byte: number): ReturnType<typeof asking> => {
    const parts = [
      { name: 'model', content: { kind: 'text', text: model } },
      { name: 'file', filename: 'a.mp3', content: { kind: 'binary', bytes: new Uint8Array([byte]) } },
    ] as const
    const plain = asking({}, chat('Hi'), '/v1/audio/transcriptions')
    return { ...plain, request: { ...plain.request, body: { kind: 'multipart', parts } } }
  }
  const { kind, words } = textsOf(drift([form('whisper-1', 1)], [form('whisper-2', 2)]))
  expect(kind).toEqual(['request $.model: "whisper-1" → "whisper-2"'])
  expect(words).toEqual([expect.stringContaining('request $.file.content: 1 bytes, SHA-256')])
})

test('where it was recorded from is told, and is no change', () => {
  const before = { ...cassetteOf(ask('a')), upstream: 'https://eu.api.openai.com' }
  expect(driftOf(before, cassetteOf(ask('a')), driftRules)).toEqual({
    before: { upstream: 'https://eu.api.openai.com', recordedAt: '2026-01-02', interactions: 1 },
    after: { upstream: 'https://api.openai.com', recordedAt: '2026-01-02', interactions: 1 },
    interactions: [],
    unchanged: 1,
  })
})
