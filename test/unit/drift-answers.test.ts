import { expect, test } from 'vitest'
import { driftRules } from '../../src/openai/drift/drift-rules.ts'
import { json, changesBetween } from '../support/drifting.ts'

const NOTHING = { kind: [], words: [] }

const chat = (message: object, more: object = {}, choice: object = {}): ReturnType<typeof json> =>
  json({
    id: 'chatcmpl-B1aaaaaaaa',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hi', refusal: null, ...message },
        finish_reason: 'stop',
        ...choice,
      },
    ],
    ...more,
  })

const calling = (...calls: readonly (readonly [name: string, args: unknown])[]): ReturnType<typeof json> =>
  chat(
    {
      content: null,
      tool_calls: calls.map(([name, args], i) => ({
        id: `call_${i}abcdefgh`,
        type: 'function',
        function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
      })),
    },
    {},
    { finish_reason: 'tool_calls' },
  )

test('ids, times and fingerprints do not count', () => {
  const later = {
    id: 'chatcmpl-B2bbbbbbbb',
    created: 99,
    system_fingerprint: 'fp_0f0f0f0f0f',
    request_id: 'req_123456789',
  }
  const before = chat({}, { system_fingerprint: null, request_id: 'req_987654321' })
  expect(changesBetween(before, chat({}, later))).toEqual(NOTHING)
})

test('an id inside a text does not count', () => {
  const error = (id: string): ReturnType<typeof json> => json({ error: { message: `No thread '${id}'.` } })
  expect(changesBetween(error('thread_abc123def456'), error('thread_zyx987wvu654'))).toEqual(NOTHING)
  expect(changesBetween(error('thread_abc123def456'), error('other')).words).toHaveLength(1)
})

test('an added or removed field is shown by its path, without indices', () => {
  expect(changesBetween(chat({}), chat({ annotations: [] }))).toEqual({
    kind: ['added: $.choices[].message.annotations (list)'],
    words: [],
  })
  expect(changesBetween(chat({ 'x y': 1 }), chat({})).kind).toEqual([
    'removed: $.choices[].message["x y"] (number)',
  ])
})

test('a volatile field that came or went is a field that came or went', () => {
  expect(changesBetween(chat({}), chat({}, { completed_at: 5 })).kind).toEqual([
    'added: $.completed_at (number)',
  ])
})

test('of an added or removed object only the top is shown', () => {
  const usage = { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 0 } }
  expect(changesBetween(chat({}), chat({}, { usage })).kind).toEqual(['added: $.usage (object)'])
})

test('another type of a value is another kind', () => {
  expect(changesBetween(chat({}), chat({ refusal: 'No.' })).kind).toEqual([
    '$.choices[].message.refusal: null → string',
  ])
  expect(changesBetween(chat({}), chat({ content: [{ type: 'text', text: 'Hi' }] })).kind).toEqual([
    '$.choices[].message.content: string → list',
  ])
})

test('a text that changed is words, however long, and is shown around its first difference', () => {
  const long = 'All the same up to here, and further on, and so on. '.repeat(4)
  const { kind, words } = changesBetween(chat({ content: `${long}sunny` }), chat({ content: `${long}rainy` }))
  expect(kind).toEqual([])
  expect(words).toHaveLength(1)
  expect(words[0]).toMatch(/^\$\.choices\[\]\.message\.content: ….{50,90}sunny" → ….{50,90}rainy"$/)
})

test('finish reasons, the model that answered and flags are kinds', () => {
  expect(changesBetween(chat({}), chat({}, {}, { finish_reason: 'length' })).kind).toEqual([
    '$.choices[].finish_reason: "stop" → "length"',
  ])
  expect(changesBetween(chat({}), chat({}, { model: 'gpt-4o' })).kind).toEqual([
    '$.model: "gpt-4o-mini-2024-07-18" → "gpt-4o"',
  ])
  const flagged = (is: boolean): ReturnType<typeof json> => json({ results: [{ flagged: is }] })
  expect(changesBetween(flagged(false), flagged(true)).kind).toEqual(['$.results[].flagged: false → true'])
})

test('amounts of tokens are words, and kinds of tokens are kinds', () => {
  const usage = (tokens: object): ReturnType<typeof json> => chat({}, { usage: tokens })
  expect(changesBetween(usage({ prompt_tokens: 9 }), usage({ prompt_tokens: 12 }))).toEqual({
    kind: [],
    words: ['$.usage.prompt_tokens: 9 → 12'],
  })
  expect(
    changesBetween(usage({ prompt_tokens: 9 }), usage({ prompt_tokens: 9, details: { audio_tokens: 0 } }))
      .kind,
  ).toEqual(['added: $.usage.details (object)'])
})

test('scores, embeddings and base64 are words', () => {
  const scores = (a: number): ReturnType<typeof json> => json({ results: [{ category_scores: { hate: a } }] })
  expect(changesBetween(scores(0.1), scores(0.2)).kind).toEqual([])
  const embedding = (of: unknown): ReturnType<typeof json> => json({ data: [{ index: 0, embedding: of }] })
  const numbers = Array.from({ length: 20 }, (_, i) => i / 7)
  expect(changesBetween(embedding(numbers), embedding(numbers.toReversed()))).toEqual({
    kind: [],
    words: ['$.data[].embedding: "20 numbers" → "20 numbers"'],
  })
  expect(changesBetween(embedding('AAAA'), embedding('BBBB')).kind).toEqual([])
  expect(changesBetween(embedding(numbers), embedding(numbers.slice(1))).kind).toEqual([
    'number of $.data[].embedding[]: 20 → 19',
  ])
})

test('numbers where there were texts are another kind', () => {
  expect(changesBetween(json({ list: [1] }), json({ list: ['1'] })).kind).toEqual([
    '$.list[]: number → string',
  ])
})

test('newly called tools, and tools that are not called any more, are shown by name', () => {
  const { kind, words } = changesBetween(
    calling(['get_weather', { city: 'Paris' }]),
    calling(['get_time', {}]),
  )
  expect(kind).toEqual([
    'removed: $.choices[].message.tool_calls[get_weather] (object)',
    'added: $.choices[].message.tool_calls[get_time] (object)',
  ])
  expect(words).toEqual([])
})

test('calls of one tool more are another number of them', () => {
  expect(changesBetween(calling(['a', {}]), calling(['a', {}], ['a', {}])).kind).toEqual([
    'number of $.choices[].message.tool_calls[a]: 1 → 2',
  ])
})

test('parallel calls in another order are words', () => {
  const [a, b] = [
    ['a', { n: 1 }],
    ['b', { n: 2 }],
  ] as const
  expect(changesBetween(calling(a, b), calling(b, a))).toEqual({
    kind: [],
    words: ['order of $.choices[].message.tool_calls[]: ["a","b"] → ["b","a"]'],
  })
})

test('calls of one tool are compared with equal ones first', () => {
  const [paris, lyon, rome] = ['Paris', 'Lyon', 'Rome'].map((city) => ['a', { city }] as const)
  if (paris === undefined || lyon === undefined || rome === undefined) throw new Error('three cities')
  const path = '$.choices[].message.tool_calls'
  expect(changesBetween(calling(paris, lyon), calling(lyon, paris))).toEqual({
    kind: [],
    words: [`order of ${path}[]: [1,2] → [2,1]`],
  })
  expect(changesBetween(calling(paris, lyon), calling(rome, paris, lyon)).kind).toEqual([
    `number of ${path}[a]: 2 → 3`,
  ])
})

test("a tool's arguments are compared as JSON, and every value of them is a kind", () => {
  const before = calling(['a', '{"city": "Paris", "days": 2}'])
  expect(changesBetween(before, calling(['a', '{"days":2,"city":"Paris"}']))).toEqual(NOTHING)
  const path = '$.choices[].message.tool_calls[a].function.arguments'
  expect(changesBetween(before, calling(['a', { city: 'Lyon', days: 3, unit: 'C' }])).kind).toEqual([
    `${path}.city: "Paris" → "Lyon"`,
    `${path}.days: 2 → 3`,
    `added: ${path}.unit (string)`,
  ])
  expect(changesBetween(calling(['a', 'not JSON']), calling(['a', 'nor this'])).kind).toEqual([
    `${path}: "not JSON" → "nor this"`,
  ])
})

test('in arguments nothing is left out for its name', () => {
  expect(
    changesBetween(calling(['a', { id: 1, created: 1 }]), calling(['a', { id: 2, created: 2 }])).kind,
  ).toHaveLength(2)
})

test('another number of choices is another kind, and so is an item of another type', () => {
  const choices = (n: number): ReturnType<typeof json> =>
    json({ choices: Array.from({ length: n }, (_, index) => ({ index, text: 'a' })) })
  expect(changesBetween(choices(2), choices(3)).kind).toEqual(['number of $.choices[]: 2 → 3'])
  const output = (...items: readonly object[]): ReturnType<typeof json> => json({ output: items })
  const message = { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }
  expect(changesBetween(output(message), output({ type: 'reasoning', summary: [] }, message)).kind).toEqual([
    'added: $.output[reasoning] (object)',
  ])
  const call = (name: string): object => ({ type: 'function_call', name, arguments: '{}' })
  expect(changesBetween(output(call('a'), message), output(call('b'), message)).kind).toEqual([
    'removed: $.output[function_call a] (object)',
    'added: $.output[function_call b] (object)',
  ])
})

test('an item that does not say any more what it is has lost a field, and is no other item', () => {
  const output = (...items: readonly object[]): ReturnType<typeof json> => json({ output: items })
  const [call, other] = [
    { type: 'function_call', name: 'a', arguments: '{}' },
    { type: 'reasoning', summary: [] },
  ]
  const { type: _, ...unnamed } = call
  expect(changesBetween(output(other, call), output(other, unnamed)).kind).toEqual([
    'removed: $.output[function_call a].type (string)',
  ])
})

test('what a user keeps in metadata is words, whatever its name', () => {
  const metadata = (status: string): ReturnType<typeof json> => json({ metadata: { status } })
  expect(changesBetween(metadata('a'), metadata('b'))).toEqual({
    kind: [],
    words: ['$.metadata.status: "a" → "b"'],
  })
})

test('in schemas all counts but what explains', () => {
  const schema = (description: string, title: string, id: string): ReturnType<typeof json> =>
    json({ tools: [{ name: 'a', parameters: { properties: { id: { description, title, const: id } } } }] })
  const path = '$.tools[a].parameters.properties.id'
  expect(changesBetween(schema('a', 'b', 'c'), schema('A', 'B', 'C'))).toEqual({
    kind: [`${path}.title: "b" → "B"`, `${path}.const: "c" → "C"`],
    words: [`${path}.description: "a" → "A"`],
  })
})

test('more of a list that grows with the text is words', () => {
  const logprobs = (...tokens: readonly string[]): ReturnType<typeof json> =>
    chat({}, {}, { logprobs: { content: tokens.map((token) => ({ token, logprob: -1 })) } })
  expect(changesBetween(logprobs('a', 'b'), logprobs('a', 'b', 'c'))).toEqual({
    kind: [],
    words: ['number of $.choices[].logprobs.content[]: 2 → 3'],
  })
})

test('the tokens that legacy completions name are words', () => {
  const top = (tokens: object): ReturnType<typeof json> =>
    json({ choices: [{ logprobs: { top_logprobs: [tokens] } }] })
  expect(changesBetween(top({ ' a': -1 }), top({ ' b': -2, ' c': -3 })).kind).toEqual([])
})

test('the same change of several items is shown once, with their number', () => {
  const segments = (more: object): ReturnType<typeof json> =>
    json({ segments: [1, 2, 3].map((n) => ({ text: `part ${n}`, ...more })) })
  expect(changesBetween(segments({}), segments({ avg_logprob: -1 })).kind).toEqual([
    'added: $.segments[].avg_logprob (number) (3 times)',
  ])
})

test('status, content type and headers of meaning count, ids, dates, limits and timings do not', () => {
  const answer = (headers: Record<string, string>, status = 200): Parameters<typeof changesBetween>[0] => ({
    status,
    headers: Object.entries(headers),
    body: json({}),
  })
  const type = { 'content-type': 'application/json' }
  const noise = {
    'x-request-id': 'a',
    'cf-ray': 'b',
    'openai-processing-ms': '5',
    date: 'x',
    'retry-after': '2',
  }
  expect(
    changesBetween(answer({ ...type, ...noise, 'x-ratelimit-remaining-tokens': '5' }), answer(type)),
  ).toEqual(NOTHING)
  expect(changesBetween(answer(type), answer({ ...type, 'openai-version': '2020-10-01' })).kind).toEqual([
    'added: header openai-version',
  ])
  expect(
    changesBetween(answer({ 'openai-version': '2020-10-01' }), answer({ 'openai-version': '2027-01-01' }))
      .kind,
  ).toEqual(['header openai-version: "2020-10-01" → "2027-01-01"'])
  expect(
    changesBetween(answer({ 'openai-organization': 'a' }), answer({ 'openai-organization': 'b' })),
  ).toEqual(NOTHING)
  expect(
    changesBetween(answer(type), answer({ 'content-type': 'application/json; charset=utf-8' })).kind,
  ).toEqual(['content type: application/json → application/json;charset=utf-8'])
  expect(changesBetween(answer(type), answer(type, 201)).kind).toEqual(['status: 200 → 201'])
})

test('an error in place of an answer is told by its message, not by every field that went', () => {
  const error = json({
    error: { message: 'Retired.', type: 'invalid_request_error', code: 'model_not_found' },
  })
  expect(changesBetween(chat({}), { status: 404, body: error }).kind).toEqual([
    'status: 200 → 404',
    'body: JSON → an error, JSON: model_not_found, Retired.',
  ])
  const other = json({ error: { message: 'Gone.', type: 'invalid_request_error', code: 'gone' } })
  expect(changesBetween({ status: 404, body: error }, { status: 404, body: other })).toEqual({
    kind: ['$.error.code: "model_not_found" → "gone"'],
    words: ['$.error.message: "Retired." → "Gone."'],
  })
})

test('another body is told by what it is, and bytes by their size', () => {
  const bytes = (n: number): Parameters<typeof changesBetween>[0] => ({
    kind: 'binary',
    bytes: new Uint8Array(n),
  })
  expect(changesBetween(json({}), { kind: 'text', text: 'plain' }).kind).toEqual(['body: JSON → text'])
  expect(changesBetween({ kind: 'text', text: 'a' }, { kind: 'text', text: 'b' })).toEqual({
    kind: [],
    words: ['$: "a" → "b"'],
  })
  const { kind, words } = changesBetween(bytes(5), bytes(6))
  expect(kind).toEqual([])
  expect(words).toEqual([expect.stringMatching(/^\$: 5 bytes, SHA-256 \w{16}… → 6 bytes, SHA-256 \w{16}…$/)])
})

test('bytes beside the cassette and bytes in it are the same by their hash', () => {
  const sha256 = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
  expect(
    changesBetween({ kind: 'binary', bytes: new Uint8Array(1) }, { kind: 'blob', sha256, size: 1 }),
  ).toEqual(NOTHING)
})

test('JSON that is laid out otherwise, and lines of JSON, are JSON', () => {
  expect(changesBetween(json({ a: 1 }), { kind: 'text', text: '{\n  "a": 1\n}' })).toEqual(NOTHING)
  const lines = (b: string): Parameters<typeof changesBetween>[0] => ({
    kind: 'text',
    text: `{"a":1}\n{"a":2${b}}\n`,
  })
  expect(changesBetween(lines(''), lines(',"b":1')).kind).toEqual(['added: $[].b (number)'])
})

test('ids without a digit are ids all the same, and words with dashes are none', () => {
  const { withoutIds } = driftRules
  for (const [one, other] of [
    ['file-ckFwcqgsMDrJRjIiIxsnxo', 'file-B1aaaaaaaa'],
    ['the gen-ckFwcqgsMDrJRjIiIxsnxo of', 'the gen-Abc123Def456Ghi7 of'],
    ['/v1/threads/thread_abC1abC1/runs', '/v1/threads/thread_QWertyuiopasdfgh/runs'],
  ] as const)
    expect(withoutIds(one)).toBe(withoutIds(other))
  for (const text of ['file-upload-instructions', 'run-time', 'well-characterised', 'user_preferences'])
    expect(withoutIds(text)).toBe(text)
})
