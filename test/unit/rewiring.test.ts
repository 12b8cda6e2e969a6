import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { FormPart, RecordedRequest, RecordedResponse } from '../../src/cassette/cassette.ts'
import { asked, bodyOf, chainOf, rewired, rewirerOf, streamed, told } from '../support/rewiring.ts'

const DONE = told({ id: 'chatcmpl-done00000001', choices: [] })

function calling(id: string, args: string, content: string | null = null): Record<string, unknown> {
  const call = { id, type: 'function', function: { name: 'get_weather', arguments: args } }
  return { role: 'assistant', content, tool_calls: [call], refusal: null }
}

function completion(message: unknown, finish = 'tool_calls'): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finish }],
  }
}

test('a message with tool calls that is sent back is the new one, and its output says whose it is', () => {
  const chain = chainOf(
    [asked('POST /v1/chat/completions', { messages: [] }), told(completion(calling('call_old', '{"a":1}')))],
    [
      asked('POST /v1/chat/completions', {
        messages: [
          { role: 'assistant', tool_calls: calling('call_old', '{"a":1}')['tool_calls'] },
          { role: 'tool', tool_call_id: 'call_old', content: 'sunny' },
        ],
      }),
      DONE,
    ],
  )
  expect(bodyOf(rewired(chain, told(completion(calling('call_new', '{"a": 1}')))))).toEqual({
    messages: [
      { role: 'assistant', tool_calls: calling('call_new', '{"a": 1}')['tool_calls'] },
      { role: 'tool', tool_call_id: 'call_new', content: 'sunny' },
    ],
  })
})

test('a stream of chunks is put together', () => {
  const chunks = (id: string, ...args: string[]): unknown[] => [
    { id: 'c', choices: [{ index: 0, delta: { role: 'assistant', content: null } }] },
    {
      choices: [
        { index: 0, delta: { tool_calls: [{ index: 0, id, function: { name: 'f', arguments: '' } }] } },
      ],
    },
    ...args.map((piece) => ({
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: piece } }] } }],
    })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  ]
  const sent = (id: string, args: string): unknown => ({
    messages: [
      { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: args } }] },
    ],
  })
  const chain = chainOf(
    [asked('POST /v1/chat/completions', {}), streamed(...chunks('call_old', '{"place": "Ro', 'me"}'))],
    [asked('POST /v1/chat/completions', sent('call_old', '{"place": "Rome"}')), DONE],
  )
  const now = rewired(chain, streamed(...chunks('call_new', '{"place":', ' "Oslo', '"}')))
  expect(bodyOf(now)).toEqual(sent('call_new', '{"place": "Oslo"}'))
})

const THOUGHT = { type: 'reasoning', id: 'rs_old', summary: [], encrypted_content: 'gAAAold' }
const CALL = {
  type: 'function_call',
  id: 'fc_old',
  call_id: 'call_old',
  name: 'f',
  arguments: '{}',
  status: 'completed',
}
const SAID = {
  type: 'message',
  id: 'msg_old',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'It is raining.', annotations: [] }],
}

function fresh<T extends object>(item: T): T {
  return JSON.parse(JSON.stringify(item).replaceAll('old', 'new')) as T
}

function response(...output: readonly unknown[]): Record<string, unknown> {
  return { id: 'resp_1', object: 'response', status: 'completed', output }
}

test('output items that are sent back are the new ones, whole', () => {
  const input = [{ role: 'user', content: 'And now?' }, THOUGHT, CALL]
  const output = { type: 'function_call_output', call_id: 'call_old', output: '12' }
  const chain = chainOf(
    [asked('POST /v1/responses', {}), told(response(THOUGHT, CALL))],
    [asked('POST /v1/responses', { input: [...input, output] }), DONE],
  )
  const thought = { ...fresh(THOUGHT), summary: [{ type: 'summary_text', text: 'Hm.' }] }
  expect(bodyOf(rewired(chain, told(response(thought, { ...fresh(CALL), phase: 1 }))))).toEqual({
    input: [{ role: 'user', content: 'And now?' }, thought, { ...fresh(CALL), phase: 1 }, fresh(output)],
  })
})

test('items are found by their type and ordinal, not by their index', () => {
  const chain = chainOf(
    [asked('POST /v1/responses', {}), told(response(THOUGHT, SAID))],
    [asked('POST /v1/responses', { input: [{ type: 'item_reference', id: 'msg_old' }] }), DONE],
  )
  const now = rewired(chain, told(response(fresh(SAID), fresh(THOUGHT), fresh(THOUGHT))))
  expect(bodyOf(now)).toEqual({ input: [{ type: 'item_reference', id: 'msg_new' }] })
})

test('a stream that tells an item twice, encrypted anew, gives back the one that was sent', () => {
  const stream = (done: string, completed: string): unknown[] => [
    { type: 'response.output_item.done', item: { ...THOUGHT, encrypted_content: done } },
    { type: 'response.completed', response: response({ ...THOUGHT, encrypted_content: completed }) },
  ]
  for (const [i, sent] of ['gAAAdone', 'gAAAcompleted'].entries()) {
    const chain = chainOf(
      [asked('POST /v1/responses', {}), streamed(...stream('gAAAdone', 'gAAAcompleted'))],
      [asked('POST /v1/responses', { input: [{ ...THOUGHT, encrypted_content: sent }] }), DONE],
    )
    const now = ['gAAAdone2', 'gAAAcompleted2'] as const
    expect(bodyOf(rewired(chain, streamed(...stream(...now))))).toEqual({
      input: [{ ...THOUGHT, encrypted_content: now[i] }],
    })
  }
})

test('ids are replaced in paths, queries, forms, and JSON that stands in a string', () => {
  const made = told({ id: 'file-old0000000001', object: 'file' }, 201, [['location', '/v1/things/old?x=1']])
  const now = told({ id: 'file-new0000000001', object: 'file' }, 201, [['location', '/v1/things/new?x=1']])
  const through = (request: RecordedRequest): RecordedRequest =>
    rewired(chainOf([asked('POST /v1/files'), made], [request, DONE]), now)
  expect(through(asked('GET /v1/files/file-old0000000001/content?a=%20b')).path).toBe(
    '/v1/files/file-new0000000001/content?a=%20b',
  )
  expect(through(asked('GET /v1/files?limit=2&after=file-old0000000001')).path).toBe(
    '/v1/files?limit=2&after=file-new0000000001',
  )
  expect(through(asked('DELETE /v1/things/old')).path).toBe('/v1/things/new')
  const quoted = { metadata: { files: '["file-old0000000001", 1.0]' }, prompt: 'See file-old0000000001.' }
  expect(bodyOf(through(asked('POST /v1/batches', quoted)))).toEqual({
    metadata: { files: '["file-new0000000001", 1.0]' },
    prompt: 'See file-new0000000001.',
  })
  const part = { name: 'file_id', content: { kind: 'text', text: 'file-old0000000001' } } as const
  const form: RecordedRequest = { ...asked('POST /v1/x'), body: { kind: 'multipart', parts: [part] } }
  expect(through(form).body).toMatchObject({ parts: [{ content: { text: 'file-new0000000001' } }] })
})

test('a path is written as the client wrote it', () => {
  const made = (name: string): RecordedResponse => told({ fine_tuned_model: name, next_page: `${name}/+=` })
  const through = (line: string): string =>
    rewired(chainOf([asked('POST /v1/jobs'), made('ft:gpt:a::1')], [asked(line), DONE]), made('ft:gpt:b::2'))
      .path
  expect(through('GET /v1/models/ft:gpt:a::1')).toBe('/v1/models/ft:gpt:b::2')
  expect(through('GET /v1/models/ft%3Agpt%3Aa%3A%3A1')).toBe('/v1/models/ft%3Agpt%3Ab%3A%3A2')
  expect(through('GET /v1/jobs?page=ft%3Agpt%3Aa%3A%3A1%2F%2B%3D')).toBe(
    '/v1/jobs?page=ft%3Agpt%3Ab%3A%3A2%2F%2B%3D',
  )
})

test('an address that was made for an answer is the new one', () => {
  const made = (name: string): RecordedResponse =>
    told({ data: [{ url: `https://files.test/private/${name}.png?se=2026&sig=${name}%3D` }] })
  const chain = chainOf(
    [asked('POST /v1/images/generations'), made('old')],
    [asked('GET /private/old.png?se=2026&sig=old%3D'), DONE],
  )
  expect(rewired(chain, made('new')).path).toBe('/private/new.png?se=2026&sig=new%3D')
})

test('what an id is part of is another word', () => {
  const chain = chainOf(
    [asked('POST /v1/files'), told({ id: 'file-old0000000001' })],
    [
      asked('POST /v1/x', { ids: ['file-old0000000001', 'file-old00000000012', 'my_file-old0000000001'] }),
      DONE,
    ],
  )
  expect(bodyOf(rewired(chain, told({ id: 'file-new0000000001' })))).toEqual({
    ids: ['file-new0000000001', 'file-old00000000012', 'my_file-old0000000001'],
  })
})

test('what a request carried before an answer told it is never touched', () => {
  const chain = chainOf(
    [
      asked('GET /v1/files/file-mine000000001'),
      told({ id: 'file-mine000000001', vector_store_id: 'vs_old0000001' }),
    ],
    [asked('POST /v1/x', { file_id: 'file-mine000000001', store: 'vs_old0000001' }), DONE],
  )
  const now = rewired(chain, told({ id: 'file-other00000001', vector_store_id: 'vs_new0000001' }))
  expect(bodyOf(now)).toEqual({ file_id: 'file-mine000000001', store: 'vs_new0000001' })
})

test('a model is named by the user, wherever its name came from', () => {
  const chain = chainOf(
    [asked('GET /v1/models'), told({ data: [{ id: 'gpt-4o-mini', object: 'model' }] })],
    [asked('GET /v1/models/gpt-4o-mini'), told({ id: 'gpt-4o-mini', object: 'model' })],
  )
  expect(rewired(chain, told({ data: [{ id: 'gpt-9', object: 'model' }] })).path).toBe(
    '/v1/models/gpt-4o-mini',
  )
})

test('a text that is sent back whole is the new one, and no short text of the user is taken for it', () => {
  const chain = chainOf(
    [
      asked('POST /v1/chat/completions', {}),
      told(completion({ role: 'assistant', content: 'Paris' }, 'stop')),
    ],
    [
      asked('POST /v1/chat/completions', {
        messages: [
          { role: 'assistant', content: 'Paris', name: 'me' },
          { role: 'user', content: 'Paris' },
        ],
      }),
      DONE,
    ],
  )
  const now = rewired(chain, told(completion({ role: 'assistant', content: 'Paris, France' }, 'stop')))
  expect(bodyOf(now)).toEqual({
    messages: [
      { role: 'assistant', content: 'Paris, France', name: 'me' },
      { role: 'user', content: 'Paris' },
    ],
  })
})

test('a long text of an answer is the new one wherever it stands whole', () => {
  const text = 'The capital of France is Paris.'
  const chain = chainOf(
    [asked('POST /v1/responses', {}), told(response({ ...SAID, content: [{ type: 'output_text', text }] }))],
    [asked('POST /v1/embeddings', { input: [text, `${text}?`.slice(4)] }), DONE],
  )
  const now = told(response({ ...SAID, content: [{ type: 'output_text', text: 'It is Paris, of course.' }] }))
  expect(bodyOf(rewired(chain, now))).toEqual({ input: ['It is Paris, of course.', `${text}?`.slice(4)] })
})

test('a history in which two answers said the same has both new answers in their order', () => {
  const hello = { role: 'assistant', content: 'Hello!' }
  const chain = chainOf(
    [asked('POST /v1/chat/completions', { messages: ['a'] }), told(completion(hello, 'stop'))],
    [asked('POST /v1/chat/completions', { messages: ['b', hello] }), told(completion(hello, 'stop'))],
    [asked('POST /v1/chat/completions', { messages: [hello, hello] }), DONE],
  )
  const said = (content: string): object => ({ role: 'assistant', content })
  const now = rewired(
    chain,
    told(completion(said('Hi!'), 'stop')),
    told(completion(said('Good morning!'), 'stop')),
  )
  expect(bodyOf(now)).toEqual({ messages: [said('Hi!'), said('Good morning!')] })
})

test('equal requests go on from the answers in their order', () => {
  const hello = { role: 'assistant', content: 'Hello!' }
  const first = asked('POST /v1/chat/completions', { messages: [] })
  const next = asked('POST /v1/chat/completions', { messages: [hello] })
  const same = told(completion(hello, 'stop'))
  const rewirer = rewirerOf(chainOf([first, same], [first, same], [next, DONE], [next, DONE]))
  rewirer.learn(0, told(completion({ role: 'assistant', content: 'One' }, 'stop')))
  rewirer.learn(1, told(completion({ role: 'assistant', content: 'Two' }, 'stop')))
  expect([2, 3].map((n) => bodyOf(rewirer.request(n)))).toEqual([
    { messages: [{ role: 'assistant', content: 'One' }] },
    { messages: [{ role: 'assistant', content: 'Two' }] },
  ])
})

test('a list that comes in another order leaves known ids as they are', () => {
  const list = (...ids: string[]): object => ({
    object: 'list',
    data: ids.map((id) => ({ id, object: 'file' })),
  })
  const [a, b, x, y] = ['file-a00000000001', 'file-b00000000001', 'file-x00000000001', 'file-y00000000001']
  const chain = chainOf(
    [asked('POST /v1/files', 1), told({ id: a })],
    [asked('POST /v1/files', 2), told({ id: b })],
    [asked('GET /v1/files'), told(list('file-c00000000001', b as string, a as string))],
    [asked(`POST /v1/x`, { ids: [a, b, 'file-c00000000001'] }), DONE],
  )
  // A file that was there before the recording is there still.
  const now = told(list(x as string, 'file-c00000000001', y as string))
  expect(bodyOf(rewired(chain, told({ id: x }), told({ id: y }), now))).toEqual({
    ids: [x, y, 'file-c00000000001'],
  })
})

test('calls that are numbered keep their order', () => {
  const calls = (...ids: string[]): Record<string, unknown> => ({
    role: 'assistant',
    tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
  })
  const outputs = (...ids: string[]): unknown => ({
    messages: ids.map((id) => ({ role: 'tool', tool_call_id: id, content: '{"id":"1"}' })),
  })
  const chain = chainOf(
    [asked('POST /v1/chat/completions', {}), told(completion(calls('1', '2')))],
    [asked('POST /v1/chat/completions', outputs('1', '2')), DONE],
  )
  expect(bodyOf(rewired(chain, told(completion(calls('2', '3')))))).toEqual(outputs('2', '3'))
})

test('an image that was made is sent back as the new one', () => {
  const image = (char: string): string => `iVBORw0KGgo${`AAab1${char}/+`.repeat(8)}=`
  const made = (char: string): unknown =>
    response({ type: 'image_generation_call', id: 'ig_1', result: image(char) })
  const sent = (char: string): unknown => ({ image_url: { url: `data:image/png;base64,${image(char)}` } })
  const chain = chainOf(
    [asked('POST /v1/responses', {}), told(made('X'))],
    [asked('POST /v1/chat/completions', sent('X')), DONE],
  )
  expect(bodyOf(rewired(chain, told(made('Y'))))).toEqual(sent('Y'))
})

test('what is not replaced keeps its bytes', () => {
  const text =
    '{ "temperature": 1.0, "seed": 12345678901234567890,\n "id": "call_old0001", "b": {"2": 1, "1": 2} }'
  const chain = chainOf(
    [asked('POST /v1/x', {}), told({ id: 'call_old0001' })],
    [{ ...asked('POST /v1/x', {}), body: { kind: 'json', text } }, DONE],
  )
  expect(rewired(chain, told({ id: 'call_new0001' })).body).toEqual({
    kind: 'json',
    text: text.replace('old', 'new'),
  })
})

test('polls may be left out', () => {
  const run = (status: string, step: string | undefined): object => ({
    id: 'run_1',
    object: 'thread.run',
    status,
    step_id: step,
  })
  const poll = asked('GET /v1/threads/thread_1/runs/run_1')
  const rewirer = rewirerOf(
    chainOf(
      [poll, told(run('queued', undefined))],
      [poll, told(run('in_progress', 'step_old00001'))],
      [poll, told(run('completed', undefined))],
      [asked('GET /v1/steps/step_old00001'), DONE],
    ),
  )
  expect(rewirer.learn(2, told(run('completed', 'step_new00001')))).toBeUndefined()
  expect(rewirer.request(3).path).toBe('/v1/steps/step_new00001')
})

test('what an answer tells under a member that an id names is found', () => {
  const listing = (id: string, inner: string): RecordedResponse =>
    told({ files: { [id]: { parts: [inner] } } })
  const [a, b, x, y] = ['file-old0000000001', 'part_old0000001', 'file-new0000000001', 'part_new0000001']
  const chain = chainOf(
    [asked('POST /v1/files'), listing(a as string, b as string)],
    [asked('POST /v1/x', { [a as string]: b, training_file: 'file-QwErTYuiopASdfGHjklZXc' }), DONE],
  )
  expect(bodyOf(rewired(chain, listing(x as string, y as string)))).toEqual({
    [x as string]: y,
    training_file: 'file-QwErTYuiopASdfGHjklZXc',
  })
})

test('an id without a digit is one', () => {
  const chain = chainOf(
    [asked('POST /v1/files'), told({ id: 'file-QwErTYuiopASdfGHjklZXc' })],
    [asked('POST /v1/x', { training_file: 'file-QwErTYuiopASdfGHjklZXc' }), DONE],
  )
  const now = rewired(chain, told({ id: 'file-1' }))
  expect(bodyOf(now)).toEqual({ training_file: 'file-1' })
})

test('a file that was made is sent as the new one, as bytes and as base64', () => {
  const bytes = (char: string): Uint8Array => Buffer.from(`ID3\0${char.repeat(100)}`)
  const hash = (char: string): string => createHash('sha256').update(bytes(char)).digest('hex')
  const speech = (body: RecordedResponse['body']): RecordedResponse => ({ status: 200, headers: [], body })
  const form = (content: FormPart['content']): RecordedRequest => ({
    ...asked('POST /v1/audio/transcriptions'),
    body: { kind: 'multipart', parts: [{ name: 'file', filename: 'speech.mp3', content }] },
  })
  const heard = (char: string): RecordedRequest =>
    asked('POST /v1/chat/completions', { input_audio: { data: Buffer.from(bytes(char)).toString('base64') } })
  const made = speech({ kind: 'blob', sha256: hash('a'), size: 104 })
  const now = speech({ kind: 'binary', bytes: bytes('b') })
  const sent = form({ kind: 'blob', sha256: hash('a'), size: 104 })
  expect(rewired(chainOf([asked('POST /v1/audio/speech'), made], [sent, DONE]), now).body).toEqual(
    form({ kind: 'binary', bytes: bytes('b') }).body,
  )
  expect(rewired(chainOf([asked('POST /v1/audio/speech'), made], [heard('a'), DONE]), now)).toEqual(
    heard('b'),
  )
  const image = (char: string): RecordedResponse =>
    told({ data: [{ b64_json: Buffer.from(bytes(char)).toString('base64') }] })
  const edit = chainOf([asked('POST /v1/images/generations'), image('a')], [sent, DONE])
  expect(rewired(edit, image('b')).body).toMatchObject({
    parts: [{ content: { bytes: Buffer.from(bytes('b')) } }],
  })
  const own = chainOf([sent, DONE], [asked('POST /v1/audio/speech'), made], [sent, DONE])
  expect(rewired(own, DONE, now)).toEqual(sent)
})

test('ids that name members, and ids beside an item that is sent back, are replaced too', () => {
  const chain = chainOf(
    [asked('POST /v1/files'), told({ id: 'file-old0000000001' })],
    [asked('POST /v1/responses', {}), told(response(THOUGHT))],
    [
      asked('POST /v1/responses', {
        input: [{ ...THOUGHT, beside: { 'file-old0000000001': 'file-old0000000001' } }],
        text: { 'file-old0000000001': true },
      }),
      DONE,
    ],
  )
  const now = rewired(chain, told({ id: 'file-new0000000001' }), told(response(fresh(THOUGHT))))
  expect(bodyOf(now)).toEqual({
    input: [{ ...fresh(THOUGHT), beside: { 'file-new0000000001': 'file-new0000000001' } }],
    text: { 'file-new0000000001': true },
  })
})

test('a stream that does not say that it is one is read as one', () => {
  const stream = (id: string): RecordedResponse => ({
    status: 200,
    headers: [],
    body: {
      kind: 'text',
      text: `data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"${id}"}]}}]}\n\ndata: [DONE]\n\n`,
    },
  })
  const chain = chainOf(
    [asked('POST /v1/chat/completions', {}), stream('call_a')],
    [asked('POST /v1/chat/completions', { tool_call_id: 'call_a' }), DONE],
  )
  expect(bodyOf(rewired(chain, stream('call_b')))).toEqual({ tool_call_id: 'call_b' })
})

test('what was replaced is counted', () => {
  const rewirer = rewirerOf(
    chainOf(
      [asked('POST /v1/x', {}), told({ id: 'resp_old000001', made_id: 'x1' })],
      [asked('POST /v1/responses/resp_old000001', { a: 'resp_old000001', made_id: 'x1' }), DONE],
    ),
  )
  rewirer.learn(0, told({ id: 'resp_new000001', made_id: 'x2' }))
  rewirer.request(1)
  expect(rewirer.counts).toEqual({ ids: 2, names: 1, texts: 0, items: 0, files: 0 })
})

test.each([
  ['scv9OuJUZ', 'oRxffaOoJ'],
  ['b7cf3c256', 'a4c8863a2'],
  ['function-call-0457226571747927134', 'function-call-1021448596627554261'],
  ['gen-4142140372-LCakxSMohvLscv9OuJUZ', 'gen-2524502702-EGAMJYZ0j4ooRxffaOoJ'],
  ['call_iuhqubk2', 'call_rfoi8rco'],
])('an id of another provider is replaced in texts as well: %s', (before, now) => {
  const chain = chainOf(
    [asked('POST /v1/files'), told({ id: before, object: 'file' })],
    [asked('POST /v1/responses', { input: `Read ${before}, please.`, container: 'item-1' }), DONE],
  )
  expect(bodyOf(rewired(chain, told({ id: now, object: 'file' })))).toEqual({
    input: `Read ${now}, please.`,
    container: 'item-1',
  })
})

test.each(['container', 'conversation', 'training_file', 'validation_file'])(
  'a short id is replaced under %s',
  (member) => {
    const chain = chainOf(
      [asked('POST /v1/things'), told({ id: 'x1' })],
      [asked('POST /v1/responses', { [member]: 'x1', input: 'x1' }), DONE],
    )
    expect(bodyOf(rewired(chain, told({ id: 'x2' })))).toEqual({ [member]: 'x2', input: 'x1' })
  },
)

test('what is looked up by a short name is what it was, wherever a list has it now', () => {
  const list = (...ids: string[]): RecordedResponse =>
    told({ object: 'list', data: ids.map((id) => ({ id, object: 'assistant' })) })
  const chain = chainOf(
    [asked('GET /v1/assistants'), list('alpha', 'beta')],
    [asked('DELETE /v1/assistants/beta'), DONE],
  )
  expect(rewired(chain, list('gamma', 'alpha', 'beta')).path).toBe('/v1/assistants/beta')
  expect(rewired(chain, list('one', 'two')).path).toBe('/v1/assistants/two')
})
