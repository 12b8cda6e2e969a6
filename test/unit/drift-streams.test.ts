import { expect, test } from 'vitest'
import type { Frame, FramesBody } from '../../src/cassette/cassette.ts'
import { events, json, changesBetween } from '../support/drifting.ts'

const NOTHING = { kind: [], words: [] }

interface Delta {
  readonly role?: string
  readonly content?: string
  readonly tool_calls?: readonly object[]
}

const chunk = (delta: Delta, finish: string | null = null, more: object = {}): object => ({
  id: 'chatcmpl-B1aaaaaaaa',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
})
const chat = (...deltas: readonly Delta[]): ReturnType<typeof events> =>
  events(...deltas.map((delta) => chunk(delta)), chunk({}, 'stop'), '[DONE]')

test('a text that is cut otherwise into events is the same text', () => {
  const before = chat({ role: 'assistant', content: '' }, { content: 'It is ' }, { content: 'sunny.' })
  expect(
    changesBetween(before, chat({ role: 'assistant', content: 'It' }, { content: ' is sunny.' })),
  ).toEqual(NOTHING)
  expect(changesBetween(before, chat({ role: 'assistant', content: 'It is rainy.' })).words).toEqual([
    '$.choices[].delta.content: "It is sunny." → "It is rainy."',
  ])
})

test("padding and what keeps a stream open do not count, nor do events' ids", () => {
  const padded = events(chunk({ content: 'Hi' }, 'stop', { id: 'chatcmpl-C9cccccccc', obfuscation: 'xYz' }))
  const kept = events(chunk({ content: 'Hi' }, 'stop'))
  if (kept.kind !== 'events') throw new Error('no events')
  const pinged = { ...kept, events: [{ offset: 0, raw: ': keep-alive\n\n' }, ...kept.events] }
  expect(changesBetween(padded, pinged)).toEqual(NOTHING)
})

test('arguments of tools are put together before they are compared, however they are cut', () => {
  const calling = (...parts: readonly string[]): ReturnType<typeof events> => {
    const [first = '', ...rest] = parts
    const begun = {
      index: 0,
      id: 'call_a1b2c3d4e5',
      type: 'function',
      function: { name: 'a', arguments: first },
    }
    return events(
      chunk({ role: 'assistant', tool_calls: [begun] }),
      ...rest.map((part) => chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] })),
      chunk({}, 'tool_calls'),
    )
  }
  const before = calling('', '{"city":', '"Paris"}')
  expect(changesBetween(before, calling('{"ci', 'ty": "Paris"}'))).toEqual(NOTHING)
  expect(changesBetween(before, calling('{"city":"Lyon"}')).kind).toEqual([
    '$.choices[].delta.tool_calls[a].function.arguments.city: "Paris" → "Lyon"',
  ])
})

test('choices of a stream are told apart, in whichever order their events come', () => {
  const of = (index: number, content: string): object => ({
    object: 'chat.completion.chunk',
    choices: [{ index, delta: { content } }],
  })
  const [a, b] = [of(0, 'first'), of(1, 'second')]
  expect(changesBetween(events(a, b), events(b, a))).toEqual(NOTHING)
  expect(changesBetween(events(a, b), events(a)).kind).toEqual(['number of $.choices[]: 2 → 1'])
})

test('details of two types under one index are two', () => {
  const detailed = (type: string, more: object): object =>
    chunk({ reasoning_details: [{ type, index: 0, ...more }] } as Delta)
  const text = detailed('reasoning.text', { text: 'Hm.' })
  const both = events(text, detailed('reasoning.encrypted', { data: 'gAAA' }))
  expect(changesBetween(both, events(text)).kind).toEqual([
    'removed: $.choices[].delta.reasoning_details[reasoning.encrypted] (object)',
  ])
})

test('a stream that its upstream did not declare is compared as a stream', () => {
  const undeclared = (content: string, id: string): ReturnType<typeof json> => ({
    kind: 'text',
    text: `data: ${JSON.stringify(chunk({ content }, 'stop', { id }))}\n\ndata: [DONE]\n\n`,
  })
  const before = undeclared('Hi', 'chatcmpl-B1aaaaaaaa')
  expect(changesBetween(before, undeclared('Hi', 'chatcmpl-C2bbbbbbbb'))).toEqual(NOTHING)
  expect(changesBetween(before, undeclared('Ho', 'chatcmpl-C2bbbbbbbb')).words).toEqual([
    '$.choices[].delta.content: "Hi" → "Ho"',
  ])
})

test('a finish reason, a field and a usage in a stream are kinds', () => {
  const before = events(chunk({ content: 'Hi' }), chunk({}, 'stop'))
  expect(changesBetween(before, events(chunk({ content: 'Hi' }), chunk({}, 'length'))).kind).toEqual([
    '$.choices[].finish_reason: "stop" → "length"',
  ])
  const usage = { usage: { prompt_tokens: 1 } }
  expect(changesBetween(before, events(chunk({ content: 'Hi' }), chunk({}, 'stop', usage))).kind).toEqual([
    'added: $.usage (object)',
  ])
})

test('whether it streams at all, and how it ended, are kinds', () => {
  const body = events(chunk({ content: 'Hi' }, 'stop'))
  expect(changesBetween(json({ choices: [] }), body).kind).toEqual(['body: JSON → a stream of events'])
  const error = { error: { message: 'Overloaded', code: 'server_error' } }
  const broken = events(chunk({ content: 'Hi' }, 'stop'), error)
  expect(changesBetween(body, broken).kind).toEqual(['added: event error'])
  expect(changesBetween(body, events(chunk({ content: 'Hi' }, 'stop'), '[DONE]')).kind).toEqual([
    'added: event [DONE]',
  ])
})

const response = (more: object, output: readonly object[] = []): object => ({
  id: 'resp_0123456789',
  status: 'completed',
  output,
  ...more,
})
const said = (text: string): object => ({
  id: 'msg_0123456789',
  type: 'message',
  content: [{ type: 'output_text', text }],
})

function responses(
  texts: readonly string[],
  more: object = {},
  extra: readonly object[] = [],
): ReturnType<typeof events> {
  const text = texts.join('')
  return events(
    { type: 'response.created', sequence_number: 0, response: response({ status: 'in_progress', ...more }) },
    { type: 'response.output_item.added', output_index: 0, item: { ...said(''), content: [] } },
    ...texts.map((delta) => ({ type: 'response.output_text.delta', item_id: 'msg_0123456789', delta })),
    { type: 'response.output_text.done', item_id: 'msg_0123456789', text },
    { type: 'response.output_item.done', output_index: 0, item: said(text) },
    ...extra,
    { type: 'response.completed', sequence_number: 9, response: response(more, [said(text)]) },
  )
}

test('a value that a Responses stream repeats is one change', () => {
  expect(changesBetween(responses(['Hel', 'lo']), responses(['Hello']))).toEqual(NOTHING)
  expect(changesBetween(responses(['Hello']), responses(['Good', ' day']))).toEqual({
    kind: [],
    words: ['$.output[message].content[output_text].text: "Hello" → "Good day"'],
  })
  expect(
    changesBetween(responses(['Hello']), responses(['Hello'], { billing: { payer: 'developer' } })).kind,
  ).toEqual(['added: $.billing (object) (2 times)'])
})

test('types of events that came or went, and fields of events, are kinds', () => {
  const extra = [{ type: 'response.refusal.delta', delta: 'No' }]
  expect(changesBetween(responses(['Hi']), responses(['Hi'], {}, extra)).kind).toEqual([
    'added: event response.refusal.delta',
  ])
  const delta = (more: object): object => ({
    type: 'response.x.delta',
    item_id: 'msg_1',
    delta: 'a',
    ...more,
  })
  expect(
    changesBetween(responses(['Hi'], {}, [delta({})]), responses(['Hi'], {}, [delta({ logprobs: [] })])).kind,
  ).toEqual(['added: response.x.delta $.logprobs (list)'])
})

test('of a Responses stream that broke off the items are compared', () => {
  const broken = (text: string): ReturnType<typeof events> =>
    events({ type: 'response.output_text.delta', item_id: 'msg_1', delta: text })
  expect(changesBetween(broken('Hello'), broken('Good day')).words).toEqual([
    'response.output_text.delta $.delta: "Hello" → "Good day"',
  ])
  const pieces = ['Hel', 'lo'].map((delta) => ({
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    delta,
  }))
  expect(changesBetween(broken('Hello'), events(...pieces))).toEqual(NOTHING)
})

test('a transcription is compared by its whole text', () => {
  const transcript = (...parts: readonly string[]): ReturnType<typeof events> =>
    events(...parts.map((delta) => ({ type: 'transcript.text.delta', delta })), {
      type: 'transcript.text.done',
      text: parts.join(''),
    })
  expect(changesBetween(transcript('Hel', 'lo'), transcript('Hello'))).toEqual(NOTHING)
  expect(changesBetween(transcript('Hello'), transcript('Bye')).words).toEqual([
    'transcript.text.done $.text: "Hello" → "Bye"',
  ])
})

function conversation(client: readonly object[], server: readonly object[], code = 1000): FramesBody {
  const frame = (from: Frame['from']) => (value: object) =>
    ({ from, offset: 1, content: { kind: 'text', text: JSON.stringify(value) } }) as const
  return {
    kind: 'frames',
    frames: [...client.map(frame('client')), ...server.map(frame('server'))],
    close: { from: 'server', offset: 9, code, reason: '' },
  }
}

const done = (transcript: string, more: object = {}): object => ({
  type: 'response.done',
  event_id: 'event_0123456789',
  response: {
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'audio', transcript }] }],
    ...more,
  },
})

test('a conversation is compared event by event, on each side', () => {
  const asked = { type: 'response.create', response: { modalities: ['text'] } }
  const created = { type: 'session.created', session: { model: 'gpt-realtime', voice: 'alloy' } }
  const delta = (text: string): object => ({ type: 'response.output_audio_transcript.delta', delta: text })
  const before = conversation([asked], [created, delta('Hel'), delta('lo'), done('Hello')])
  expect(changesBetween(before, conversation([asked], [created, delta('Hello'), done('Hello')]))).toEqual(
    NOTHING,
  )
  expect(changesBetween(before, conversation([asked], [created, delta('Bye'), done('Bye')])).words).toEqual([
    '$.output[message].content[audio].transcript: "Hello" → "Bye"',
  ])
  const other = { ...created, session: { model: 'gpt-realtime', voice: 'ash', speed: 1 } }
  expect(changesBetween(before, conversation([asked], [other, delta('Hello'), done('Hello')])).kind).toEqual([
    'session.created $.session.voice: "alloy" → "ash"',
    'added: session.created $.session.speed (number)',
  ])
})

test('what is left of limits does not count, and the limits do', () => {
  const limits = (limit: number, remaining: number): FramesBody =>
    conversation([], [{ type: 'rate_limits.updated', rate_limits: [{ name: 'tokens', limit, remaining }] }])
  expect(changesBetween(limits(10, 9), limits(10, 2))).toEqual(NOTHING)
  expect(changesBetween(limits(10, 9), limits(20, 9)).words).toEqual([
    'rate_limits.updated $.rate_limits[].limit: 10 → 20',
  ])
})

test('another number of answers in a conversation, another close and another question are kinds', () => {
  const before = conversation([{ type: 'response.create' }], [done('Hello')])
  expect(
    changesBetween(before, conversation([{ type: 'response.create' }], [done('Hello'), done('Bye')])).kind,
  ).toEqual(['number of event response.done: 1 → 2'])
  expect(
    changesBetween(before, conversation([{ type: 'response.create' }], [done('Hello')], 1011)).kind,
  ).toEqual(['$.close.code: 1000 → 1011'])
  expect(changesBetween(before, conversation([{ type: 'response.cancel' }], [done('Hello')])).kind).toEqual([
    'removed: request event response.create',
    'added: request event response.cancel',
  ])
})
