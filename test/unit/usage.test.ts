import { expect, test } from 'vitest'
import type { RequestBody, ResponseBody } from '../../src/cassette/cassette.ts'
import type { UsageSighting } from '../../src/api/usage.ts'
import { usageSightings } from '../../src/openai/usage/sightings.ts'

interface Asking {
  readonly method?: string
  readonly path: string
  readonly json?: object
  readonly body?: RequestBody
  readonly status?: number
}

function shown(asking: Asking, body: ResponseBody): readonly UsageSighting[] {
  const { method = 'POST', path, json, status = 200 } = asking
  const asked: RequestBody =
    asking.body ?? (json === undefined ? { kind: 'empty' } : { kind: 'json', text: JSON.stringify(json) })
  return usageSightings({ method, path, headers: [], body: asked }, { status, headers: [], body })
}

const json = (value: object): ResponseBody => ({ kind: 'json', text: JSON.stringify(value) })

/** Events with a name where they have one: `[name, data]`. */
const events = (...all: readonly (object | string | readonly [string, object])[]): ResponseBody => ({
  kind: 'events',
  events: all.map((each) => {
    const [name, data] = Array.isArray(each)
      ? (each as [string, object])
      : [undefined, each as object | string]
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    return { offset: 0, raw: `${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n` }
  }),
})

const CHAT = { path: '/v1/chat/completions', json: { model: 'gpt-4o-mini' } }
const RESPONSES = { path: '/v1/responses', json: { model: 'gpt-5' } }

test('a chat completion tells all kinds, details as part of input and output', () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 50,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 40, audio_tokens: 10, text_tokens: 85, image_tokens: 5 },
    completion_tokens_details: {
      reasoning_tokens: 20,
      audio_tokens: 8,
      text_tokens: 42,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
  const tokens = {
    input: 100,
    textInput: 85,
    audioInput: 10,
    imageInput: 5,
    cachedInput: 40,
    output: 50,
    textOutput: 42,
    audioOutput: 8,
    reasoning: 20,
  }
  const model = 'gpt-4o-mini-2024-07-18'
  expect(shown(CHAT, json({ id: 'chatcmpl-1', object: 'chat.completion', model, usage }))).toEqual([
    { begins: true, object: 'chatcmpl-1', model, uses: [{ model, tokens }] },
  ])
})

test('what an answer does not tell is absent, and never 0', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3, completion_tokens_details: null }
  const [showing] = shown(CHAT, json({ id: 'c', model: 'm', usage }))
  expect(showing?.uses).toEqual([{ model: 'm', tokens: { input: 3, output: 0 } }])
})

test('the model is the answer’s own, else the request’s: in its JSON, its form or its path', () => {
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  const modelOf = (asking: Asking, model?: string): unknown => shown(asking, json({ model, usage }))[0]?.model
  expect(modelOf(CHAT, 'gpt-4o-mini-2024-07-18')).toBe('gpt-4o-mini-2024-07-18')
  expect(modelOf(CHAT)).toBe('gpt-4o-mini')
  expect(modelOf(CHAT, '')).toBe('gpt-4o-mini')
  expect(modelOf({ path: '/openai/deployments/mine/chat/completions?api-version=1', json: {} })).toBe('mine')
  expect(modelOf({ path: '/v1/engines/ada/completions' })).toBe('ada')
  const parts = [{ name: 'model', content: { kind: 'text', text: 'whisper-1' } as const }]
  expect(modelOf({ path: '/v1/audio/transcriptions', body: { kind: 'multipart', parts } })).toBe('whisper-1')
  expect(modelOf({ path: '/v1/completions', json: {} })).toBeUndefined()
})

test('a chat stream tells usage in its last chunk, if it was asked to', () => {
  const chunk = (more: object): object => ({
    id: 'chatcmpl-2',
    object: 'chat.completion.chunk',
    model: 'm',
    ...more,
  })
  const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }
  const told = events(chunk({ usage: null }), chunk({ usage: null }), chunk({ choices: [], usage }), '[DONE]')
  const begun = { begins: true, object: 'chatcmpl-2', model: 'm' }
  expect(shown(CHAT, told)).toEqual([{ ...begun, uses: [{ model: 'm', tokens: { input: 9, output: 4 } }] }])
  expect(shown(CHAT, events(chunk({}), chunk({}), '[DONE]'))).toEqual([begun])
})

test('a stream that tells the usage so far with every event is taken at its last word', () => {
  const usage = (completion_tokens: number): object => ({
    id: 'c',
    usage: { prompt_tokens: 5, completion_tokens },
  })
  expect(shown(CHAT, events(usage(1), usage(2), usage(7)))[0]?.uses?.[0]?.tokens).toEqual({
    input: 5,
    output: 7,
  })
})

test('Azure’s empty first event names no model, and Groq’s own member is understood', () => {
  const chunk = { id: 'c', object: 'chat.completion.chunk', model: 'gpt-4o-2024-11-20' }
  const x_groq = { usage: { prompt_tokens: 2, completion_tokens: 3 } }
  const [showing] = shown(CHAT, events({ id: '', object: '', model: '', choices: [] }, { ...chunk, x_groq }))
  expect(showing).toMatchObject({ object: 'c', model: 'gpt-4o-2024-11-20' })
  expect(showing?.uses?.[0]?.tokens).toEqual({ input: 2, output: 3 })
})

const RESPONSE_USAGE = {
  input_tokens: 30,
  input_tokens_details: { cached_tokens: 8, cache_write_tokens: 12 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 37,
}
const RESPONSE_TOKENS = { input: 30, cachedInput: 8, cacheWrites: 12, output: 7, reasoning: 5 }
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  model: 'gpt-5',
  status: 'completed',
  usage: RESPONSE_USAGE,
}

test('a Response and a compaction tell usage in JSON', () => {
  expect(shown(RESPONSES, json(RESPONSE))[0]?.uses).toEqual([{ model: 'gpt-5', tokens: RESPONSE_TOKENS }])
  const compact = { path: '/v1/responses/compact', json: { model: 'gpt-5' } }
  const compacted = { id: 'resp_2', object: 'response.compaction', usage: RESPONSE_USAGE }
  expect(shown(compact, json(compacted))[0]?.uses?.[0]?.tokens).toEqual(RESPONSE_TOKENS)
})

test.each(['response.completed', 'response.incomplete', 'response.failed'])(
  'a Responses stream tells usage in %s',
  (type) => {
    const created = {
      type: 'response.created',
      response: { ...RESPONSE, status: 'in_progress', usage: null },
    }
    const delta = {
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      delta: '"usage": {"input_tokens": 9}',
    }
    const done = { type, response: RESPONSE }
    const body = events([created.type, created], [delta.type, delta], [type, done])
    expect(shown(RESPONSES, body)).toEqual([
      { begins: true, object: 'resp_1', model: 'gpt-5', uses: [{ model: 'gpt-5', tokens: RESPONSE_TOKENS }] },
    ])
  },
)

test('a Responses stream that broke off tells nothing, and is known by its id', () => {
  const response = { ...RESPONSE, status: 'in_progress', usage: null }
  const body = events({ type: 'response.created', response }, { type: 'response.in_progress', response })
  expect(shown(RESPONSES, body)).toEqual([{ begins: true, object: 'resp_1', model: 'gpt-5' }])
})

test('a background Response is unknown until it is done, and its polls begin nothing', () => {
  const queued = { ...RESPONSE, status: 'queued', usage: null }
  const poll = { method: 'GET', path: '/v1/responses/resp_1' }
  expect(shown(RESPONSES, json(queued))).toEqual([{ begins: true, object: 'resp_1', model: 'gpt-5' }])
  expect(shown(poll, json({ ...queued, status: 'in_progress' }))).toEqual([])
  expect(shown(poll, json(RESPONSE))).toEqual([
    { begins: false, object: 'resp_1', model: 'gpt-5', uses: [{ model: 'gpt-5', tokens: RESPONSE_TOKENS }] },
  ])
  const cancel = { path: '/v1/responses/resp_1/cancel' }
  expect(shown(cancel, json({ ...RESPONSE, status: 'cancelled' }))[0]).toMatchObject({ begins: false })
})

test('embeddings tell input, and by their total that there is no output', () => {
  const body = json({
    object: 'list',
    data: [{ object: 'embedding' }],
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: 8, total_tokens: 8 },
  })
  const model = 'text-embedding-3-small'
  expect(shown({ path: '/v1/embeddings', json: { model } }, body)).toEqual([
    { begins: true, model, uses: [{ model, tokens: { input: 8, output: 0 } }] },
  ])
})

test('images tell text and image tokens, in JSON and in a stream', () => {
  const usage = {
    input_tokens: 239,
    input_tokens_details: { image_tokens: 194, text_tokens: 45 },
    output_tokens: 1056,
    output_tokens_details: { image_tokens: 1056, text_tokens: 0 },
    total_tokens: 1295,
  }
  const tokens = {
    input: 239,
    textInput: 45,
    imageInput: 194,
    output: 1056,
    textOutput: 0,
    imageOutput: 1056,
  }
  const ask = { path: '/v1/images/edits', json: { model: 'gpt-image-1' } }
  expect(shown(ask, json({ created: 1, usage }))[0]?.uses).toEqual([{ model: 'gpt-image-1', tokens }])
  const done = { type: 'image_generation.completed', b64_json: 'AA', usage }
  const partial = { type: 'image_generation.partial_image', b64_json: 'AA' }
  expect(shown(ask, events(partial, done))[0]?.uses?.[0]?.tokens).toEqual(tokens)
  expect(shown(ask, events(done, done)), 'of several it is not said how they add up').toEqual([
    { begins: true, model: 'gpt-image-1' },
  ])
  expect(shown({ ...ask, json: { model: 'dall-e-3' } }, json({ created: 1, data: [] }))).toEqual([
    { begins: true, model: 'dall-e-3' },
  ])
})

test('transcriptions tell tokens or seconds, in JSON and in a stream', () => {
  const ask = { path: '/v1/audio/transcriptions', json: { model: 'm' } }
  const usage = {
    type: 'tokens',
    total_tokens: 27,
    input_tokens: 17,
    input_token_details: { text_tokens: 3, audio_tokens: 14 },
    output_tokens: 10,
  }
  const tokens = { input: 17, textInput: 3, audioInput: 14, output: 10 }
  expect(shown(ask, json({ text: 'Hi', usage }))[0]?.uses).toEqual([{ model: 'm', tokens }])
  const delta = { type: 'transcript.text.delta', delta: 'Hi' }
  const done = { type: 'transcript.text.done', text: 'Hi', usage }
  expect(shown(ask, events(delta, done))[0]?.uses).toEqual([{ model: 'm', tokens }])
  const duration = { type: 'duration', seconds: 4 }
  expect(shown(ask, json({ text: 'Hi', usage: duration }))[0]?.uses).toEqual([
    { model: 'm', tokens: {}, audioSeconds: 4 },
  ])
  expect(shown(ask, { kind: 'text', text: 'Hi' }), 'plain text').toEqual([{ begins: true, model: 'm' }])
})

test('speech tells usage in a stream, and nothing as bytes', () => {
  const ask = { path: '/v1/audio/speech', json: { model: 'gpt-4o-mini-tts' } }
  const usage = { input_tokens: 14, output_tokens: 101, total_tokens: 115 }
  const done = { type: 'speech.audio.done', usage }
  expect(shown(ask, events({ type: 'speech.audio.delta', audio: 'AA' }, done))[0]?.uses?.[0]?.tokens).toEqual(
    {
      input: 14,
      output: 101,
    },
  )
  expect(shown(ask, { kind: 'binary', bytes: new Uint8Array(3) })).toEqual([
    { begins: true, model: 'gpt-4o-mini-tts' },
  ])
})

const RUN_USAGE = {
  prompt_tokens: 38,
  completion_tokens: 35,
  total_tokens: 73,
  prompt_token_details: { cached_tokens: 6 },
  completion_tokens_details: { reasoning_tokens: 0 },
}
const RUN = { id: 'run_1', object: 'thread.run', model: 'gpt-4o', status: 'completed', usage: RUN_USAGE }
const RUN_TOKENS = { input: 38, cachedInput: 6, output: 35, reasoning: 0 }

test('a run is begun once, polled and listed; tool outputs go on with it', () => {
  const queued = { ...RUN, status: 'queued', usage: null }
  const begun = [{ begins: true, object: 'run_1', model: 'gpt-4o' }]
  expect(shown({ path: '/v1/threads/t_1/runs' }, json(queued))).toEqual(begun)
  expect(shown({ path: '/v1/threads/runs' }, json(queued))).toEqual(begun)
  const done = [{ begins: false, object: 'run_1', uses: [{ model: 'gpt-4o', tokens: RUN_TOKENS }] }]
  expect(shown({ method: 'GET', path: '/v1/threads/t_1/runs/run_1' }, json(RUN))).toMatchObject(done)
  const outputs = { path: '/v1/threads/t_1/runs/run_1/submit_tool_outputs' }
  expect(shown(outputs, json(RUN))).toMatchObject(done)
  expect(shown(outputs, json({ ...RUN, status: 'in_progress', usage: null }))).toEqual([])
  const listed = json({ object: 'list', data: [RUN, { ...queued, id: 'run_2' }] })
  expect(shown({ method: 'GET', path: '/v1/threads/t_1/runs' }, listed)).toMatchObject(done)
})

test('a run’s steps are part of it: a stream that tells both is taken at the run’s word', () => {
  const step = {
    id: 'step_1',
    object: 'thread.run.step',
    run_id: 'run_1',
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  }
  const message = { id: 'msg_1', object: 'thread.message' }
  const body = events(
    ['thread.run.created', { ...RUN, status: 'queued', usage: null }],
    ['thread.message.completed', message],
    ['thread.run.completed', RUN],
    ['thread.run.step.completed', step],
    ['done', '[DONE]' as unknown as object],
  )
  expect(shown({ path: '/v1/threads/t_1/runs' }, body)).toMatchObject([
    { begins: true, object: 'run_1', uses: [{ tokens: RUN_TOKENS }] },
  ])
  const steps = { method: 'GET', path: '/v1/threads/t_1/runs/run_1/steps' }
  expect(shown(steps, json({ object: 'list', data: [step] })), 'nothing began a step').toMatchObject([
    { begins: false, object: 'step_1' },
  ])
})

test('a batch tells zeros until it is done, and costs other than the list says', () => {
  const batch = {
    id: 'batch_1',
    object: 'batch',
    model: 'gpt-4o-mini',
    usage: { ...RESPONSE_USAGE, input_tokens: 0 },
  }
  expect(shown({ path: '/v1/batches' }, json({ ...batch, status: 'validating' }))).toEqual([
    { begins: true, object: 'batch_1', model: 'gpt-4o-mini' },
  ])
  const poll = { method: 'GET', path: '/v1/batches/batch_1' }
  expect(shown(poll, json({ ...batch, status: 'in_progress' }))).toEqual([])
  expect(shown(poll, json({ ...batch, status: 'completed', usage: RESPONSE_USAGE }))).toMatchObject([
    { begins: false, object: 'batch_1', uses: [{ tokens: RESPONSE_TOKENS, offList: 'a batch' }] },
  ])
})

// The shape of openai's `FineTuningJob` (resources/fine-tuning/jobs): null while the job is running.
test('a fine-tuning job tells what it trained on when it is done', () => {
  const job = { id: 'ftjob-1', object: 'fine_tuning.job', model: 'gpt-4o-mini-2024-07-18' }
  const ask = { path: '/v1/fine_tuning/jobs', json: { model: 'gpt-4o-mini-2024-07-18' } }
  const begun = { object: 'ftjob-1', model: 'gpt-4o-mini-2024-07-18' }
  expect(shown(ask, json({ ...job, trained_tokens: null }))).toEqual([{ begins: true, ...begun }])
  const poll = { method: 'GET', path: '/v1/fine_tuning/jobs/ftjob-1' }
  expect(shown(poll, json({ ...job, trained_tokens: null }))).toEqual([])
  const uses = [{ model: 'gpt-4o-mini-2024-07-18', tokens: { training: 5768 }, offList: 'fine-tuning' }]
  expect(shown(poll, json({ ...job, trained_tokens: 5768 }))).toEqual([{ begins: false, ...begun, uses }])
})

// The shape of openai's `RunCreateResponse` and `RunRetrieveResponse` (resources/evals/runs).
test('a run of an eval tells what each of its models used', () => {
  const run = { id: 'evalrun_1', object: 'eval.run', eval_id: 'eval_1', status: 'queued', model: 'gpt-4.1' }
  const ask = { path: '/v1/evals/eval_1/runs', json: {} }
  expect(shown(ask, json({ ...run, per_model_usage: [] }))).toEqual([
    { begins: true, object: 'evalrun_1', model: 'gpt-4.1' },
  ])
  const usage = (model_name: string, prompt_tokens: number): object => ({
    model_name,
    invocation_count: 3,
    prompt_tokens,
    cached_tokens: 5,
    completion_tokens: 2,
    total_tokens: prompt_tokens + 2,
  })
  const done = { ...run, status: 'completed', per_model_usage: [usage('gpt-4.1', 60), usage('o4-mini', 90)] }
  const poll = { method: 'GET', path: '/v1/evals/eval_1/runs/evalrun_1' }
  expect(shown(poll, json(done))[0]?.uses).toEqual([
    { model: 'gpt-4.1', tokens: { input: 60, cachedInput: 5, output: 2 }, offList: 'an eval' },
    { model: 'o4-mini', tokens: { input: 90, cachedInput: 5, output: 2 }, offList: 'an eval' },
  ])
})

test('a stored completion that is fetched, listed or labelled begins nothing', () => {
  const stored = {
    id: 'chatcmpl-9',
    object: 'chat.completion',
    model: 'm',
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  }
  expect(shown({ method: 'GET', path: '/v1/chat/completions/chatcmpl-9' }, json(stored))).toMatchObject([
    { begins: false },
  ])
  expect(
    shown({ path: '/v1/chat/completions/chatcmpl-9', json: { metadata: {} } }, json(stored)),
  ).toMatchObject([{ begins: false }])
})

test('legacy completions and edits tell usage', () => {
  const usage = { prompt_tokens: 6, completion_tokens: 5, total_tokens: 11 }
  const ask = { path: '/v1/completions', json: { model: 'gpt-3.5-turbo-instruct' } }
  expect(shown(ask, json({ id: 'cmpl-1', object: 'text_completion', usage }))[0]?.uses?.[0]?.tokens).toEqual({
    input: 6,
    output: 5,
  })
  expect(
    shown({ path: '/v1/edits', json: { model: 'e' } }, json({ object: 'edit', usage }))[0]?.uses?.[0]?.tokens,
  ).toEqual({ input: 6, output: 5 })
})

test('Realtime reports usage with each answer and each transcription', () => {
  const usage = {
    total_tokens: 253,
    input_tokens: 132,
    output_tokens: 121,
    input_token_details: {
      text_tokens: 119,
      audio_tokens: 13,
      image_tokens: 0,
      cached_tokens: 64,
      cached_tokens_details: { text_tokens: 60, audio_tokens: 4, image_tokens: 0 },
    },
    output_token_details: { text_tokens: 30, audio_tokens: 91 },
  }
  const frames = [
    { type: 'session.created', session: {} },
    { type: 'response.done', response: { id: 'resp_1', object: 'realtime.response', usage } },
    {
      type: 'conversation.item.input_audio_transcription.completed',
      usage: { type: 'duration', seconds: 1.5 },
    },
  ].map((event) => ({
    from: 'server' as const,
    offset: 0,
    content: { kind: 'text' as const, text: JSON.stringify(event) },
  }))
  const session = { method: 'GET', path: '/v1/realtime', status: 101 }
  const sightings = shown(session, { kind: 'frames', frames })
  expect(sightings.map(({ uses }) => uses)).toEqual([
    [
      {
        tokens: {
          input: 132,
          textInput: 119,
          audioInput: 13,
          imageInput: 0,
          cachedInput: 64,
          cachedTextInput: 60,
          cachedAudioInput: 4,
          cachedImageInput: 0,
          output: 121,
          textOutput: 30,
          audioOutput: 91,
        },
      },
    ],
    [{ tokens: {}, audioSeconds: 1.5 }],
  ])
})

const MESSAGES = { path: '/v1/messages', json: { model: 'claude-sonnet-4-5' } }
const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5', content: [] }

test('a streamed message of Anthropic reports input at its start, and output at its end', () => {
  const start = {
    type: 'message_start',
    message: { ...MESSAGE, stop_reason: null, usage: { input_tokens: 2048, output_tokens: 1 } },
  }
  const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }
  const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 21 } }
  const named = (...all: readonly { readonly type: string }[]): ResponseBody =>
    events(...all.map((each) => [each.type, each] as const))
  const model = 'claude-sonnet-4-5'
  expect(shown(MESSAGES, named(start, text, end, { type: 'message_stop' }))).toEqual([
    { begins: true, object: 'msg_1', model, uses: [{ model, tokens: { input: 2048, output: 21 } }] },
  ])
  expect(shown(MESSAGES, named(start, text)), 'of one that broke off the output is not known').toEqual([
    { begins: true, model },
  ])
})

test('what Anthropic reads from its cache and writes to it is part of the input', () => {
  const usage = {
    input_tokens: 10,
    cache_read_input_tokens: 2000,
    cache_creation_input_tokens: 300,
    output_tokens: 5,
  }
  expect(shown(MESSAGES, json({ ...MESSAGE, usage }))[0]?.uses?.[0]?.tokens).toEqual({
    input: 2310,
    cachedInput: 2000,
    cacheWrites: 300,
    output: 5,
  })
})

test.each([
  ['POST', '/v1/files'],
  ['POST', '/v1/uploads/upload_1/parts'],
  ['POST', '/v1/moderations'],
  ['POST', '/v1/assistants'],
  ['POST', '/v1/threads'],
  ['POST', '/v1/threads/t_1'],
  ['POST', '/v1/threads/t_1/messages'],
  ['POST', '/v1/conversations/conv_1/items'],
  ['POST', '/v1/vector_stores/vs_1/search'],
  ['POST', '/v1/responses/input_tokens'],
  ['POST', '/v1/realtime/client_secrets'],
  ['POST', '/openai/v1/realtime/client_secrets'],
  ['POST', '/v1/realtime/calls/rtc_1/hangup'],
  ['GET', '/v1/models'],
  ['DELETE', '/v1/responses/resp_1'],
])('%s %s asks no model', (method, path) => {
  expect(shown({ method, path, json: {} }, json({ id: 'x_1', object: 'thing' }))).toEqual([])
})

test.each([
  '/v1/brand_new',
  '/v1/realtime/calls',
  '/v1/videos',
  '/v1/fine_tuning/jobs',
  '/v1/evals/e_1/runs',
])('POST %s may have asked a model, so what it used is unknown', (path) => {
  expect(shown({ path, json: { model: 'm' } }, json({}))).toEqual([{ begins: true, model: 'm' }])
})

test('an error used nothing', () => {
  const body = json({ error: { message: 'no' } })
  for (const status of [301, 400, 401, 429, 500, 503]) expect(shown({ ...CHAT, status }, body)).toEqual([])
})

test('a use that is billed by more than the list has is marked', () => {
  const offList = (response: object, ask: object = {}): unknown =>
    shown({ path: '/v1/responses', json: ask }, json({ ...RESPONSE, ...response }))[0]?.uses?.[0]?.offList
  expect(offList({})).toBeUndefined()
  for (const service_tier of ['default', 'auto', 'standard', null])
    expect(offList({ service_tier })).toBeUndefined()
  for (const service_tier of ['flex', 'priority', 'batch', 'scale'])
    expect(offList({ service_tier })).toBe(`service tier ${service_tier}`)
  expect(offList({}, { service_tier: 'flex' })).toBe('service tier flex')
  expect(
    offList({ service_tier: 'default' }, { service_tier: 'priority' }),
    'the answer knows',
  ).toBeUndefined()
  expect(offList({ output: [{ type: 'code_interpreter_call' }] })).toBe('a container')
  expect(
    offList({
      output: [{ type: 'shell_call' }],
      tools: [{ type: 'shell', environment: { type: 'container_auto' } }],
    }),
  ).toBe('a container')
  expect(
    offList({ output: [{ type: 'shell_call' }], tools: [{ type: 'shell', environment: { type: 'local' } }] }),
  ).toBeUndefined()
  expect(offList({ output: [{ type: 'web_search_call' }] })).toBe('web searches without a count')
  const counted = { output: [{ type: 'web_search_call' }], tool_usage: { web_search: { num_requests: 1 } } }
  expect(offList(counted)).toBeUndefined()
  expect(offList({ ...counted, tools: [{ type: 'web_search_preview' }] })).toBe('preview web searches')
  expect(offList({ output: [{ type: 'image_generation_call' }] })).toBe('images')
  const kept = {
    ...RESPONSE_USAGE,
    input_tokens_details: { cache_write_tokens: 1, cache_write_tokens_details: { ttl_12h_tokens: 1 } },
  }
  expect(offList({ usage: kept })).toBe('a prompt cache kept for 12 hours')
  expect(
    shown(
      { ...CHAT, json: { web_search_options: {} } },
      json({ id: 'c', usage: { prompt_tokens: 1, completion_tokens: 1 } }),
    )[0]?.uses?.[0]?.offList,
  ).toBe('web search in chat')
  expect(offList({ model: 'gpt-4o-search-preview-2025-03-11' })).toBe('web search in chat')
  const run = json({ ...RUN, tools: [{ type: 'function' }, { type: 'file_search' }] })
  expect(shown({ path: '/v1/threads/runs' }, run)[0]?.uses?.[0]?.offList).toBe('file_search')
})

test('searches are counted, and tools’ own models stand for themselves', () => {
  const response = {
    ...RESPONSE,
    tools: [{ type: 'image_generation', model: 'gpt-image-1' }],
    output: [
      { type: 'file_search_call' },
      { type: 'file_search_call' },
      {
        type: 'image_generation_call',
        svg_usage: {
          model: 'gpt-5-nano',
          input_tokens: 1,
          output_tokens: 2,
          reasoning_tokens: 1,
          total_tokens: 3,
        },
      },
    ],
    tool_usage: {
      web_search: { num_requests: 3 },
      image_gen: {
        input_tokens: 11,
        input_tokens_details: { image_tokens: 0, text_tokens: 11 },
        output_tokens: 272,
        output_tokens_details: { image_tokens: 272, text_tokens: 0 },
        total_tokens: 283,
      },
    },
  }
  expect(shown(RESPONSES, json(response))[0]?.uses).toEqual([
    { model: 'gpt-5', tokens: RESPONSE_TOKENS, webSearches: 3, fileSearches: 2 },
    {
      model: 'gpt-image-1',
      tokens: { input: 11, textInput: 11, imageInput: 0, output: 272, textOutput: 0, imageOutput: 272 },
    },
    { model: 'gpt-5-nano', tokens: { input: 1, output: 2, reasoning: 1 } },
  ])
})

test('what the upstream says it charged is taken, with the provider’s bill for a key of one’s own', () => {
  const usd = (more: object): unknown =>
    shown(CHAT, json({ id: 'c', usage: { prompt_tokens: 1, completion_tokens: 1, ...more } }))[0]?.uses?.[0]
      ?.usd
  expect(usd({ cost: 0.5, is_byok: false, cost_details: { upstream_inference_cost: 0.5 } })).toBe(0.5)
  expect(usd({ cost: 0 })).toBe(0)
  expect(usd({ cost: 0.25, is_byok: true, cost_details: { upstream_inference_cost: 0.5 } })).toBe(0.75)
  expect(usd({ cost: 0.25, is_byok: true, cost_details: { upstream_inference_cost: null } })).toBeUndefined()
  expect(usd({ cost: { total_cost: 1 } })).toBeUndefined()
})

test('a usage that makes no sense is not taken for one', () => {
  for (const usage of [
    {},
    { prompt_tokens: null },
    { prompt_tokens: '3' },
    { prompt_tokens: -1, completion_tokens: Number.NaN },
    [],
    7,
  ])
    expect(shown(CHAT, json({ id: 'c', model: 'm', usage })), JSON.stringify(usage)).toEqual([
      { begins: true, object: 'c', model: 'm' },
    ])
})
