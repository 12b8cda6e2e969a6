import { expect, test } from 'vitest'
import type { Interaction, RecordedResponse } from '../../src/cassette/cassette.ts'
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

const WEATHER = told(completion([call('call_1', 'weather', '{"city": "Rome"}')]))

test('another status is a divergence, and another text of an error is not', () => {
  const error = (message: string): object => ({ error: { message, code: null } })
  expect(divergenceOf(told(responding([])), told(error('No'), 404))).toEqual({
    kind: 'status',
    message: 'the status was 200 and is now 404',
  })
  expect(divergenceOf(told(error('a'), 404), told(error('b'), 404))).toBeUndefined()
})

test('other tools called are one: by name, number and order', () => {
  const two = told(completion([call('call_1', 'weather', '{}'), call('call_2', 'time', '{}')]))
  const turned = told(completion([call('call_1', 'time', '{}'), call('call_2', 'weather', '{}')]))
  expect(divergenceOf(two, turned)).toEqual({
    kind: 'tools',
    message: 'the called tools were weather, time and are now time, weather',
  })
  expect(divergenceOf(two, WEATHER)).toMatchObject({ kind: 'tools' })
  expect(divergenceOf(WEATHER, told(completion([], 'stop', 'It is sunny.')))).toEqual({
    kind: 'tools',
    message: 'the called tools were weather and are now none',
  })
})

test('another finish reason is a divergence', () => {
  const said = (finish: string): RecordedResponse => told(completion([], finish, 'Hello'))
  expect(divergenceOf(said('stop'), said('length'))).toEqual({
    kind: 'finish',
    message: 'choices[0].finish_reason was stop and is now length',
  })
  const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
  expect(divergenceOf(told(responding([])), told(responding([], cut)))).toEqual({
    kind: 'finish',
    message: 'status of the response was completed and is now incomplete (max_output_tokens)',
  })
  const streamOf = (...events: object[]): RecordedResponse =>
    streamed({ type: 'response.created', response: responding([], { status: 'in_progress' }) }, ...events)
  expect(
    divergenceOf(
      streamOf({ type: 'response.completed', response: responding([]) }),
      streamOf({ type: 'response.failed', response: responding([], { status: 'failed' }) }),
    ),
  ).toMatchObject({ kind: 'finish' })
})

test('what goes on has no end yet', () => {
  const at = (status: string): RecordedResponse => told(responding([], { status }))
  expect(divergenceOf(at('queued'), at('in_progress'))).toBeUndefined()
  expect(divergenceOf(at('queued'), at('completed'))).toBeUndefined()
})

test('other arguments are one where a later request carries the output for the old ones', () => {
  const oslo = told(completion([call('call_2', 'weather', '{"city": "Oslo"}')]))
  const output = { messages: [{ role: 'tool', tool_call_id: 'call_1', content: '20 °C' }] }
  expect(divergenceOf(WEATHER, oslo, output)).toEqual({
    kind: 'arguments',
    message:
      'the arguments of weather were {"city":"Rome"} and are now {"city":"Oslo"}, ' +
      'but a later request sends the tool output for the old ones',
  })
  expect(divergenceOf(WEATHER, oslo)).toBeUndefined()
  const spaced = told(completion([call('call_2', 'weather', '{"city":"Rome"}')]))
  expect(divergenceOf(WEATHER, spaced, output)).toBeUndefined()
})

test('outputs are known by every name that they go by', () => {
  const item = (type: string, more: object): RecordedResponse =>
    told(responding([{ type, id: 'x_1', call_id: 'call_1', ...more }]))
  const cases: readonly (readonly [string, object, object, object])[] = [
    [
      'function_call',
      { name: 'f', arguments: '{"a":1}' },
      { name: 'f', arguments: '{"a":2}' },
      { output: '1' },
    ],
    ['custom_tool_call', { name: 'f', input: 'a' }, { name: 'f', input: 'b' }, { output: '1' }],
    ['computer_call', { action: { type: 'wait' } }, { action: { type: 'click' } }, { output: {} }],
    ['apply_patch_call', { operation: { diff: 'a' } }, { operation: { diff: 'b' } }, { status: 'completed' }],
  ]
  for (const [type, before, now, output] of cases) {
    const next = { input: [{ type: `${type}_output`, call_id: 'call_1', ...output }] }
    expect(divergenceOf(item(type, before), item(type, now), next), type).toMatchObject({ kind: 'arguments' })
    expect(divergenceOf(item(type, before), item(type, before), next), type).toBeUndefined()
  }
  const run = (args: string): RecordedResponse => {
    const action = { submit_tool_outputs: { tool_calls: [call('call_1', 'f', args)] } }
    return told({ id: 'run_1', object: 'thread.run', status: 'requires_action', required_action: action })
  }
  const next = { tool_outputs: [{ tool_call_id: 'call_1', output: '1' }] }
  expect(divergenceOf(run('{"a":1}'), run('{"a":2}'), next)).toMatchObject({ kind: 'arguments' })
  const old = (args: string): RecordedResponse =>
    told({ choices: [{ message: { role: 'assistant', function_call: { name: 'f', arguments: args } } }] })
  const answered = { messages: [{ role: 'function', name: 'f', content: '1' }] }
  expect(divergenceOf(old('{"a":1}'), old('{"a":2}'), answered)).toMatchObject({ kind: 'arguments' })
})

test('a stream tells the arguments of a call when it is done', () => {
  const item = (args: string): object => ({
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'f',
    arguments: args,
  })
  const stream = (args: string): RecordedResponse =>
    streamed(
      { type: 'response.output_item.added', item: item('') },
      { type: 'response.output_item.done', item: item(args) },
      { type: 'response.completed', response: responding([item(args)]) },
    )
  const next = { input: [{ type: 'function_call_output', call_id: 'call_1', output: '1' }] }
  expect(divergenceOf(stream('{"a":1}'), stream('{"a":2}'), next)).toMatchObject({ kind: 'arguments' })
  expect(divergenceOf(stream('{"a":1}'), stream('{"a":1}'), next)).toBeUndefined()
})

test('ids in arguments may be the ones of now', () => {
  const chain = chainOf(
    [asked('POST /v1/files'), told({ id: 'file-old0000000001' })],
    [
      asked('POST /v1/x', { file: 'file-old0000000001' }),
      told(completion([call('call_1', 'read', '{"file": "file-old0000000001"}')])),
    ],
    [asked('POST /v1/x', { messages: [{ role: 'tool', tool_call_id: 'call_1', content: '' }] }), DONE],
  )
  const rewirer = rewirerOf(chain)
  rewirer.learn(0, told({ id: 'file-new0000000001' }))
  const now = told(completion([call('call_9', 'read', '{"file": "file-new0000000001"}')]))
  expect(rewirer.learn(1, now)).toBeUndefined()
})

test('names that earlier answers told are renamed in arguments', () => {
  const calls = (id: string): RecordedResponse =>
    told(completion([call('call_1', 'read', JSON.stringify({ order_id: id }))]))
  const output = { role: 'tool', tool_call_id: 'call_1', content: '' }
  const rewirer = rewirerOf(
    chainOf(
      [asked('POST /v1/orders'), told({ order_id: 'a1' })],
      [asked('POST /v1/x', { order_id: 'a1' }), calls('a1')],
      [asked('POST /v1/x', { messages: [output] }), DONE],
    ),
  )
  rewirer.learn(0, told({ order_id: 'b2' }))
  expect(rewirer.learn(1, calls('c3'))).toMatchObject({ kind: 'arguments' })
  expect(rewirer.learn(1, calls('b2'))).toBeUndefined()
})

test('ids of any look in arguments and texts may be the ones of now', () => {
  const args = (id: string): string => JSON.stringify({ order_id: id })
  const calls = (id: string): object[] => [call('call_1', 'read', args(id))]
  const next = { messages: [...calls('a1'), { role: 'tool', tool_call_id: 'call_1', content: '' }] }
  expect(divergenceOf(told(completion(calls('a1'))), told(completion(calls('b2'))), next)).toMatchObject({
    kind: 'arguments',
  })
  const said = (id: string): RecordedResponse =>
    told({ ...completion([], 'stop', `I made ${id} for you.`), made: id })
  const [old, now] = ['file-old0000000001', 'file-new0000000001']
  const quoting = { prompt: `You said: I made ${old} for you.` }
  expect(divergenceOf(said(old as string), said(now as string), quoting)).toBeUndefined()
})

test('another number of items is a divergence if a later request sends them', () => {
  const thought = (id: string): object => ({ type: 'reasoning', id, summary: [] })
  const before = told(responding([thought('rs_1'), thought('rs_2')]))
  const now = told(responding([thought('rs_3')]))
  expect(divergenceOf(before, now, { input: [thought('rs_1')] })).toEqual({
    kind: 'items',
    message: 'there were 2 items of type reasoning and there are now 1, and a later request sends them',
  })
  expect(divergenceOf(before, now, { previous_response_id: 'resp_old000001' })).toBeUndefined()
})

test('a missing value that a later request needs is a divergence', () => {
  const [before, now] = [
    told({ id: 'vs_old0000001', object: 'vector_store' }),
    told({ object: 'vector_store' }),
  ]
  expect(divergenceOf(before, now, { vector_store_id: 'vs_old0000001' })).toEqual({
    kind: 'value',
    message:
      'a later request sends "vs_old0000001" from this response, and the new response has nothing in its place',
  })
})

test('a missing file that a later request needs is a divergence', () => {
  const bytes = Buffer.from([...Array(100).keys(), 255])
  const made = told({ created: 1, data: [{ b64_json: bytes.toString('base64') }] })
  const sent = (content: Uint8Array): Interaction[] => [
    { request: asked('POST /v1/images/generations', {}), response: made },
    {
      request: { ...asked('POST /v1/images/edits'), body: { kind: 'binary', bytes: content } },
      response: DONE,
    },
  ]
  const none = told({ created: 2, data: [] })
  expect(rewirerOf(sent(bytes.subarray(1))).learn(0, none)).toBeUndefined()
  expect(rewirerOf(sent(bytes)).learn(0, none)).toEqual({
    kind: 'value',
    message:
      'a later request sends the file from this response, and the new response has nothing in its place',
  })
})

test('other words are none, but where a later request has the old ones inside a longer text', () => {
  const said = (text: string): RecordedResponse => told(completion([], 'stop', text))
  const [before, now] = [said('The weather in Rome is fine.'), said('Rome has fine weather today.')]
  expect(divergenceOf(before, now)).toBeUndefined()
  expect(
    divergenceOf(before, now, { messages: [{ role: 'assistant', content: 'The weather in Rome is fine.' }] }),
  ).toBeUndefined()
  const quoting = { messages: [{ role: 'user', content: 'You said: The weather in Rome is fine. Really?' }] }
  expect(divergenceOf(before, now, quoting)).toMatchObject({ kind: 'value' })
  expect(divergenceOf(before, before, quoting)).toBeUndefined()
})

test('an id that a text only mentions goes with the text', () => {
  const said = (text: string): RecordedResponse => told(completion([], 'stop', text))
  const echo = {
    messages: [{ role: 'assistant', content: 'See order 3f2504e0-4f89-41d3-9a0c-0305e82c3301!' }],
  }
  const before = said('See order 3f2504e0-4f89-41d3-9a0c-0305e82c3301!')
  expect(divergenceOf(before, said('There is no such order.'), echo)).toBeUndefined()
})
