import { expect, test } from 'vitest'
import type { RecordedResponse } from '../../src/cassette/cassette.ts'
import {
  asked,
  call,
  chainOf,
  completion,
  divergenceOf,
  DONE,
  responding,
  rewirerOf,
  streamed,
  told,
} from '../support/rewiring.ts'

const PAGE: RecordedResponse = {
  status: 200,
  headers: [['content-type', 'text/html; charset=utf-8']],
  body: { kind: 'text', text: 'Please log in' },
}

test('a response that is not from the API is a divergence, whatever its status', () => {
  const vectors = told({ object: 'list', data: [{ object: 'embedding', embedding: [0.5] }] })
  const form = (now: string): object => ({ kind: 'form', message: `the response was JSON and is now ${now}` })
  expect(divergenceOf(vectors, PAGE)).toEqual(form('HTML'))
  expect(divergenceOf(vectors, saying('{"object": "li'))).toEqual(form('text'))
  expect(divergenceOf(vectors, saying(' '))).toEqual(form('nothing'))
  expect(divergenceOf(vectors, streamed({ type: 'ping' }))).toEqual(form('a stream of events'))
  expect(divergenceOf(vectors, told({ ok: true }))).toEqual({
    kind: 'form',
    message: 'the response has none of the recorded fields: object, data',
  })
  expect(divergenceOf(vectors, told({ object: 'list', data: [], more: 1 }))).toBeUndefined()
  const speech: RecordedResponse = { ...PAGE, headers: [], body: { kind: 'binary', bytes: Buffer.of(255) } }
  expect(divergenceOf(speech, PAGE)).toMatchObject({ message: 'the response was bytes and is now HTML' })
  expect(divergenceOf(saying('Hello.'), PAGE)).toMatchObject({ kind: 'form' })
  expect(divergenceOf(saying('Hello.'), saying('{"a": 1}'))).toBeUndefined()
})

test('a stream without its last event is a divergence', () => {
  const made = [{ type: 'image_generation.partial_image' }, { type: 'image_generation.completed' }]
  expect(divergenceOf(streamed(...made), streamed(...made))).toBeUndefined()
  expect(divergenceOf(streamed(...made), streamed(made[0]))).toEqual({
    kind: 'form',
    message: 'the stream ended with image_generation.completed, which the new stream lacks',
  })
})

function saying(content: string): RecordedResponse {
  return { status: 200, headers: [], body: { kind: 'text', text: content } }
}

test('another tool call in a Realtime conversation is a divergence', () => {
  const turn = (name: string, status = 'completed'): RecordedResponse => {
    const made = { id: 'resp_realtime0001', object: 'realtime.response' }
    const output = [
      { id: 'item_realtime0001', type: 'function_call', call_id: 'call_1', name, arguments: '{}' },
    ]
    const said = [
      { type: 'response.created', response: { ...made, status: 'in_progress' } },
      { type: 'response.done', response: { ...made, status, output } },
    ]
    const frames = said.map((event) => ({
      from: 'server' as const,
      offset: 0,
      content: { kind: 'text' as const, text: JSON.stringify(event) },
    }))
    return { status: 101, headers: [], body: { kind: 'frames', frames } }
  }
  expect(divergenceOf(turn('weather'), turn('weather'))).toBeUndefined()
  expect(divergenceOf(turn('weather'), turn('time'))).toEqual({
    kind: 'tools',
    message: 'the called tools were weather and are now time',
  })
  expect(divergenceOf(turn('weather'), turn('weather', 'incomplete'))).toMatchObject({ kind: 'finish' })
})

test('an operation that is no longer finished at once is a divergence, unless it is polled', () => {
  const [done, queued] = ['completed', 'queued'].map((status) => told(responding([], { status })))
  expect(divergenceOf(done as RecordedResponse, queued as RecordedResponse)).toEqual({
    kind: 'finish',
    message: 'status of the response was completed, and the new response is not finished yet',
  })
  const chain = chainOf(
    [asked('POST /v1/responses'), done as RecordedResponse],
    [asked('GET /v1/responses/resp_old000001?include=x'), DONE],
  )
  expect(rewirerOf(chain).learn(0, queued as RecordedResponse)).toBeUndefined()
})

test('an id that two calls shared is a divergence if each now has its own', () => {
  const two = (first: string, second: string): RecordedResponse =>
    told(completion([call(first, 'weather', '{}'), call(second, 'time', '{}')]))
  const next = { messages: [{ role: 'tool', tool_call_id: 'call_x', content: 'fine' }] }
  expect(divergenceOf(two('call_x', 'call_x'), two('call_1', 'call_2'), next)).toEqual({
    kind: 'value',
    message: 'two calls shared the id call_x, and now each has its own',
  })
  expect(divergenceOf(two('call_x', 'call_x'), two('call_1', 'call_1'), next)).toBeUndefined()
  expect(divergenceOf(two('call_x', 'call_x'), two('call_1', 'call_2'))).toBeUndefined()
})
