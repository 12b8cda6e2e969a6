import { expect, test } from 'vitest'
import { decodeText } from '../../src/http/bytes.ts'
import { corrupted } from '../../src/policies/faults/corrupt.ts'
import { ERROR_NAMES, errorObject, errorResponse } from '../../src/openai/errors/catalogue.ts'
import { estimateForLimits } from '../../src/openai/usage/estimate.ts'
import { duration } from '../../src/openai/errors/rate-limit.ts'
import type { FailingRequest } from '../../src/api/dialect.ts'
import { streamError } from '../../src/openai/errors/stream-errors.ts'

test('a corrupted event keeps its framing and half of its data', () => {
  expect(corrupted('data: {"n":1}\n\n')).toBe('data: {"n\n\n')
  expect(corrupted('event: a\r\ndata: {"n":1}\r\n\r\n')).toBe('event: a\r\ndata: {"n\r\n\r\n')
  expect(corrupted('data: {"a":\ndata: "bb"}\n\n')).toBe('data: {"a":\ndata: "b\n\n')
  expect(corrupted('data:{"n":1}\r\r')).toBe('data:{"n\r\r')
  expect(corrupted('\uFEFFdata: {"n":1}\n\n')).toBe('\uFEFFdata: {"n\n\n')
})

test('half of a text is half of its characters, and what has no data is halved as it stands', () => {
  expect(corrupted('data: 😀😀\n\n')).toBe('data: 😀\n\n')
  expect(corrupted('{"n":12}')).toBe('{"n"')
})

test('every error of the catalogue is the same each time, and none holds an account', () => {
  for (const name of ERROR_NAMES) {
    const asked = { path: '/v1/responses', model: 'gpt-4o', nth: 1 }
    const answer = errorResponse(name, asked)
    expect(errorResponse(name, asked)).toEqual(answer)
    const text = decodeText(answer.body as Uint8Array) ?? ''
    expect(text, name).not.toMatch(/org-(?!redacted)|sk-(?!redacted)/)
    if (name !== 'connect_error')
      expect(Object.keys((JSON.parse(text) as { error: object }).error).toSorted()).toEqual([
        'code',
        'message',
        'param',
        'type',
      ])
  }
})

test('the second error of a kind has a request id of its own', () => {
  const id = (nth: number): string | undefined =>
    errorResponse('server_error', { path: '/v1/x', model: undefined, nth }).headers.find(
      ([name]) => name === 'x-request-id',
    )?.[1]
  expect(id(1)).toMatch(/^req_[0-9a-f]{32}$/)
  expect(id(1)).not.toBe(id(2))
})

test('a context that is too long is told as its endpoint tells it', () => {
  const param = (path: string): unknown =>
    JSON.parse(
      decodeText(errorResponse('context_length_exceeded', { path, model: 'm', nth: 1 }).body as Uint8Array) ??
        '',
    )
  expect(param('/v1/responses')).toMatchObject({ error: { param: 'input' } })
  expect(param('/v1/chat/completions')).toMatchObject({ error: { param: 'messages' } })
})

const to = (path: string): FailingRequest => ({ path, model: 'm', nth: 1 })

test('a chat stream ends with an error that has but data', () => {
  const request = to('/v1/chat/completions')
  const error = errorObject('server_error', request)
  expect(error.code).toBeNull()
  expect(streamError('server_error', request, ['data: {"n":1}\n\n'])).toEqual([
    `data: ${JSON.stringify({ error })}\n\n`,
  ])
})

test('a Responses stream ends with two events that are numbered on, and the Response that it began', () => {
  const sent = [
    'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress"}}\n\n',
    ': a comment\n\n',
    'event: x\ndata: {"type":"x","sequence_number":1}\n\n',
  ]
  const request = to('/openai/v1/responses')
  const error = errorObject('server_error', request)
  const [first, failed, ...rest] = streamError('server_error', request, sent).map((raw) => {
    const [name, data] = raw.split('\n')
    return [name, JSON.parse(data?.replace('data: ', '') ?? '')]
  })
  expect(first).toEqual([
    'event: error',
    { type: 'error', sequence_number: 2, error: { ...error, code: 'server_error' } },
  ])
  expect(failed).toEqual([
    'event: response.failed',
    {
      type: 'response.failed',
      sequence_number: 3,
      response: { id: 'resp_1', status: 'failed', error: { code: 'server_error', message: error.message } },
    },
  ])
  expect(rest).toEqual([])
})

test('times as the API writes them', () => {
  expect([0, 6, 999, 1000, 1500, 20_000, 60_000, 360_000, 61_250].map(duration)).toEqual([
    '0s',
    '6ms',
    '999ms',
    '1s',
    '1.5s',
    '20s',
    '1m0s',
    '6m0s',
    '1m1.25s',
  ])
})

test('a request whose use nobody knows counts a token for four characters, and what it lets the model answer', () => {
  const of = (text: string): number =>
    estimateForLimits({ method: 'POST', path: '/', headers: [], body: { kind: 'json', text } })
  expect(of('{"a":"0123456789"}')).toBe(5)
  expect(of('{"max_tokens":100}')).toBe(105)
  expect(of('{"max_output_tokens":7,"max_tokens":100}')).toBe(17)
})
