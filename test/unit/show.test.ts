import { expect, test } from 'vitest'
import type { RecordedResponse } from '../../src/cassette/cassette.ts'
import { summarizeRequest, summarizeResponse } from '../../src/openai/answers/summary.ts'
import { asked, streamed, told } from '../support/rewiring.ts'

const shown = (response: RecordedResponse): string[] =>
  summarizeResponse(response).map(({ label, text }) => `${label}: ${text}`)

const message = (more: object): object => ({ role: 'assistant', content: null, ...more })
const whole = (more: object): RecordedResponse => told({ choices: [{ index: 0, message: message(more) }] })
const chunks = (...deltas: readonly object[]): RecordedResponse =>
  streamed(...deltas.map((delta) => ({ choices: [{ index: 0, delta }] })))

const calling = (call: object): object => ({ tool_calls: [{ index: 0, id: 'call_1', ...call }] })

test.each([
  ['a function', calling({ type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } })],
  ['a custom tool', calling({ type: 'custom', custom: { name: 'weather', input: '{"city":"Rome"}' } })],
  ['an old function', { function_call: { name: 'weather', arguments: '{"city":"Rome"}' } }],
])('a call of %s is shown with its name and its input, in answers and in requests', (_, call) => {
  expect(shown(whole(call))).toEqual(['call: weather({"city":"Rome"})'])
  expect(shown(chunks(call))).toEqual(['tool call weather: {"city":"Rome"}'])
  const request = asked('POST /v1/chat/completions', { messages: [message(call)] })
  expect(summarizeRequest(request)).toEqual([{ label: 'call', text: 'weather({"city":"Rome"})' }])
})

test('a call that comes in pieces is put together', () => {
  const custom = [{ name: 'sql', input: '' }, { input: 'select ' }, { input: '2' }]
  expect(shown(chunks(...custom.map((piece) => calling({ custom: piece }))))).toEqual([
    'tool call sql: select 2',
  ])
  const old = [{ name: 'weather', arguments: '' }, { arguments: '{"city":' }, { arguments: '"Bern"}' }]
  expect(shown(chunks(...old.map((piece) => ({ function_call: piece }))))).toEqual([
    'tool call weather: {"city":"Bern"}',
  ])
})

test('a custom call, a call of an MCP server and a refusal of a Response are shown, whole or cut off', () => {
  const item = { id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_1', name: 'sql' }
  const mcp = { id: 'mcp_1', type: 'mcp_call', server_label: 'wiki', name: 'search' }
  const at = (index: number): object => ({ output_index: index, item_id: ['ctc_1', 'mcp_1', 'msg_1'][index] })
  const events = [
    { type: 'response.output_item.added', output_index: 0, item: { ...item, input: '' } },
    { type: 'response.custom_tool_call_input.delta', ...at(0), delta: 'select ' },
    { type: 'response.custom_tool_call_input.delta', ...at(0), delta: '1' },
    { type: 'response.output_item.added', output_index: 1, item: { ...mcp, arguments: '' } },
    { type: 'response.mcp_call_arguments.delta', ...at(1), delta: '{"q":1}' },
    { type: 'response.refusal.delta', ...at(2), content_index: 0, delta: 'No.' },
  ]
  const lines = ['tool call sql: select 1', 'tool call search: {"q":1}', 'refusal: No.']
  expect(shown(streamed(...events)).slice(0, 3)).toEqual(lines)
  const output = [
    { ...item, input: 'select 1' },
    { ...mcp, arguments: '{"q":1}' },
    { id: 'msg_1', type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
  ]
  const completed = { type: 'response.completed', response: { id: 'resp_1', output } }
  expect(shown(streamed(completed))).toEqual([...lines, 'events: response.completed'])
  expect(shown(told({ output })).at(-1)).toBe('refusal: No.')
})

test('reasoning, a refusal and what was spoken are shown beside the text', () => {
  const spoken = { id: 'audio_1', data: 'AAAA', transcript: 'Hello' }
  const all = { content: 'Hi', reasoning_content: 'Hm.', refusal: 'No.', audio: spoken }
  expect(shown(whole(all))).toEqual([
    'assistant: Hi',
    'reasoning_content: Hm.',
    'refusal: No.',
    'transcript: Hello',
  ])
  expect(shown(chunks(...Object.entries(all).map(([member, value]) => ({ [member]: value }))))).toEqual([
    'text: Hi',
    'reasoning_content: Hm.',
    'refusal: No.',
    'transcript: Hello',
  ])
})

test('the error that ends a stream is shown, and each choice by its number', () => {
  const choice = (index: number, content: string): object => ({ choices: [{ index, delta: { content } }] })
  const error = { error: { message: 'Overloaded', code: 'server_error' } }
  expect(shown(streamed(choice(0, 'a'), choice(1, 'b'), choice(1, 'c'), error))).toEqual([
    'text: a',
    'text of choice 1: bc',
    'error: Overloaded',
    'events: error',
  ])
})

test('a stream that its upstream did not declare is shown as one', () => {
  const text = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n'
  expect(shown({ status: 200, headers: [], body: { kind: 'text', text } })).toEqual([
    'text: Hi',
    'events: [DONE]',
  ])
})
