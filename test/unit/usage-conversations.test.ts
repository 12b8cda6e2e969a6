import { expect, test } from 'vitest'
import type { RecordedRequest, RecordedResponse } from '../../src/cassette/cassette.ts'
import { usageSightings } from '../../src/openai/usage/sightings.ts'

const USAGE = {
  total_tokens: 30,
  input_tokens: 20,
  output_tokens: 10,
  input_token_details: { text_tokens: 15, audio_tokens: 5, cached_tokens: 0 },
  output_token_details: { text_tokens: 4, audio_tokens: 6 },
}

test('each answer of a Realtime session tells its use, by the model of the session', () => {
  const done = (id: string): object => ({ type: 'response.done', response: { id, usage: USAGE } })
  const audio = { input: { transcription: { model: 'gpt-4o-transcribe' } } }
  const told = conversation('/v1/realtime?model=gpt-realtime', [
    { type: 'session.created', session: { model: 'gpt-realtime-2026-01-01' } },
    done('resp_1'),
    { type: 'session.updated', session: { audio } },
    {
      type: 'conversation.item.input_audio_transcription.completed',
      event_id: 'event_7',
      usage: { type: 'duration', seconds: 3 },
    },
    done('resp_2'),
  ])
  const model = 'gpt-realtime-2026-01-01'
  const use = { model, tokens: expect.objectContaining({ input: 20, output: 10, audioInput: 5 }) as object }
  expect(told).toEqual([
    { begins: true, object: 'resp_1', model, uses: [use] },
    {
      begins: true,
      object: 'event_7',
      model: 'gpt-4o-transcribe',
      uses: [{ model: 'gpt-4o-transcribe', tokens: {}, audioSeconds: 3 }],
    },
    { begins: true, object: 'resp_2', model, uses: [use] },
  ])
})

test('each Response over a WebSocket tells its use once, by the model that answered', () => {
  const response = { id: 'resp_1', object: 'response', model: 'gpt-4o-mini-2024-07-18', status: 'completed' }
  const told = conversation('/v1/responses', [
    { type: 'response.created', response: { ...response, status: 'in_progress', usage: null } },
    { type: 'response.completed', response: { ...response, usage: { input_tokens: 3, output_tokens: 4 } } },
  ])
  expect(told).toMatchObject([
    { object: 'resp_1', uses: [{ model: 'gpt-4o-mini-2024-07-18', tokens: { input: 3, output: 4 } }] },
  ])
})

test('a conversation without an answer tells nothing', () => {
  expect(
    conversation('/v1/realtime?model=m', [{ type: 'session.created', session: { model: 'm' } }]),
  ).toEqual([])
})

function conversation(path: string, events: readonly object[]): unknown {
  const request: RecordedRequest = { method: 'GET', path, headers: [], body: { kind: 'empty' } }
  const frames = events.map((event, offset) => ({
    from: 'server' as const,
    offset,
    content: { kind: 'text' as const, text: JSON.stringify(event) },
  }))
  const response: RecordedResponse = { status: 101, headers: [], body: { kind: 'frames', frames } }
  return usageSightings(request, response)
}
