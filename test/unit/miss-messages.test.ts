import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readRequestBody } from '../../src/cassette/bodies/body.ts'
import { encodeText } from '../../src/http/bytes.ts'
import { printCassette } from '../../src/cassette/notation/text.ts'
import type { Interaction, RecordedResponse } from '../../src/cassette/cassette.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'

/** A miss as its reader sees it: the whole text, for a dozen mistakes that test authors make. */

const answered: RecordedResponse = {
  status: 200,
  headers: [['content-type', 'application/json']],
  body: { kind: 'json', text: '{"object":"chat.completion"}' },
}
const streamed: RecordedResponse = {
  status: 200,
  headers: [['content-type', 'text/event-stream']],
  body: { kind: 'events', events: [{ offset: 1, raw: 'data: [DONE]\n\n' }] },
}

const CHAT = '/v1/chat/completions'

interface Message {
  readonly role: string
  readonly content: string
}

const user = (content: string): Message => ({ role: 'user', content })
const system: Message = { role: 'system', content: 'You are a helpful assistant.' }
const chat = (messages: readonly Message[], more: object = {}): object => ({
  model: 'gpt-4o-mini',
  messages,
  ...more,
})
const tool = (name: string): object => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
})

function recorded(body: object, response = answered, target = CHAT): Interaction {
  const read = readRequestBody(encodeText(JSON.stringify(body)), 'application/json')
  return { request: { method: 'POST', path: target, headers: [], body: read }, response }
}

/** The message of the last of these requests. */
async function missed(
  interactions: readonly Interaction[] | undefined,
  bodies: readonly (object | FormData)[],
  { target = CHAT, name = 'weather', file = 'weather' } = {},
): Promise<string> {
  const dir = path.join(await tempDir(), 'cassettes')
  await mkdir(dir)
  if (interactions !== undefined) {
    const { text } = printCassette({
      version: 1,
      upstream: 'https://api.openai.com',
      recordedAt: '2026-11-22',
      interactions,
    })
    await writeFile(path.join(dir, `${file}.yaml`), text)
  }
  await using vcr = await openCassette(name, { dir, mode: 'replay' })
  let message = ''
  for (const body of bodies) {
    const response = await vcr.fetch(`https://api.openai.com${target}`, {
      method: 'POST',
      ...(body instanceof FormData
        ? { body }
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    message = response.ok
      ? 'answered'
      : ((await response.json()) as { error: { message: string } }).error.message
  }
  return message.replaceAll(dir, 'cassettes')
}

const paris = chat([system, user('What is the weather in Paris?')])

test('a prompt was changed', async () => {
  const others = [
    recorded(chat([system, user('Tell me a joke.')])),
    recorded(chat([user('Hello')], { n: 2, temperature: 0 })),
  ]
  expect(await missed([recorded(paris), ...others], [chat([system, user('What is the weather in Rome?')])]))
    .toMatchInlineSnapshot(`
      "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Rome?") in cassette 'weather' (cassettes/weather.yaml).
      The nearest is interaction 1 of 'weather' (gpt-4o-mini, "What is the weather in Paris?"). It differs in:
        $.messages[1].content
          recorded: "What is the weather in Paris?"
          received: "What is the weather in Rome?"
      Also near:
        interaction 2 of 'weather' (gpt-4o-mini, "Tell me a joke."), in $.messages[1].content
        interaction 3 of 'weather' (gpt-4o-mini, "Hello"), in $.messages[0], $.messages[1].content, $.n, $.temperature
      To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
    `)
})

test('a prompt was changed in the second of two calls', async () => {
  const next = chat([system, user('What is the weather in Paris?'), user('And tomorrow?')])
  const other = chat([system, user('What is the weather in Paris?'), user('And the day after tomorrow?')])
  expect(await missed([recorded(paris), recorded(next)], [paris, other])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "And the day after tomorrow?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 2 of 'weather' (gpt-4o-mini, "And tomorrow?"). It differs in:
      $.messages[2].content
        recorded: "And tomorrow?"
        received: "And the day after tomorrow?"
    Also near:
      interaction 1 of 'weather' (gpt-4o-mini, "What is the weather in Paris?", already played), in $.messages[2]
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('a tool was added', async () => {
  const one = chat([user('What time is it?')], { tools: [tool('get_weather')] })
  const two = chat([user('What time is it?')], { tools: [tool('get_time'), tool('get_weather')] })
  expect(await missed([recorded(one)], [two])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What time is it?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather'. It differs in:
      $.tools[0]
        recorded: absent
        received: {"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('another model', async () => {
  expect(await missed([recorded(paris)], [{ ...paris, model: 'gpt-4.1' }])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4.1, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather' (gpt-4o-mini, "What is the weather in Paris?"). It differs in:
      $.model
        recorded: "gpt-4o-mini"
        received: "gpt-4.1"
    Only the model differs: use "gpt-4o-mini", as in the recording, or record "gpt-4.1" as well.
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('the recording is not streamed, and the request is', async () => {
  const asked = { ...paris, stream: true, stream_options: { include_usage: true } }
  expect(await missed([recorded(paris)], [asked])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, streamed, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather' (gpt-4o-mini, "What is the weather in Paris?"). It differs in:
      $.stream
        recorded: absent
        received: true
      $.stream_options
        recorded: absent
        received: {"include_usage":true}
    Only streaming differs: the recording is not streamed, and this request is. Remove stream: true, or record this request as well.
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('the recording is streamed, and the request is not', async () => {
  expect(await missed([recorded({ ...paris, stream: true }, streamed)], [paris])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather' (gpt-4o-mini, streamed, "What is the weather in Paris?"). It differs in:
      $.stream
        recorded: true
        received: absent
    Only streaming differs: the recording is streamed, and this request is not. Set stream: true, or record this request as well.
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('a request was made once too often', async () => {
  const rest = recorded(chat([system, user('And in Rome?')]))
  expect(await missed([recorded(paris), recorded(paris), rest], [paris, paris, paris]))
    .toMatchInlineSnapshot(`
      "POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") was recorded twice in cassette 'weather' (cassettes/weather.yaml), but this session has now requested it 3 times.
      The last recording is interaction 2 of 'weather'.
      Not played yet (1 of 3):
        interaction 3 of 'weather': POST /v1/chat/completions (gpt-4o-mini, "And in Rome?")
      If it should not be requested again, look for a retry, a loop, or a request that should have changed.
      If it should: repeat: 'last' (--repeat last) answers with the last recording again, and repeat: 'cycle' starts over with the first.
      To record one more response: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
    `)
})

test('the cassette is empty', async () => {
  expect(await missed([], [paris])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    This cassette is empty.
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('the cassette is not there, and one with almost its name is', async () => {
  expect(await missed([recorded(paris)], [paris], { name: 'wether' })).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'wether' (cassettes/wether.yaml).
    cassettes/wether.yaml does not exist. Did you mean 'weather'?
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('the cassette is not there, nor any that could be meant', async () => {
  expect(await missed([recorded(paris)], [paris], { name: 'agents/planner' })).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'agents/planner' (cassettes/agents/planner.yaml).
    cassettes/agents/planner.yaml does not exist. The directory cassettes contains weather.
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
  expect(await missed(undefined, [paris])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    cassettes/weather.yaml does not exist. The directory cassettes contains no cassettes.
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('the base URL lacks /v1', async () => {
  expect(await missed([recorded(paris)], [paris], { target: '/chat/completions' })).toMatchInlineSnapshot(`
    "No recorded request matches POST /chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather' (POST /v1/chat/completions). It differs in:
      path
        recorded: "/v1/chat/completions"
        received: "/chat/completions"
    Only the path differs: the client's base URL lacks '/v1' at its end.
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('another endpoint', async () => {
  const asked = { model: 'gpt-4o-mini', input: 'What is the weather in Paris?' }
  expect(await missed([recorded(paris)], [asked], { target: '/v1/responses' })).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/responses (gpt-4o-mini, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather' (POST /v1/chat/completions). It differs in:
      path
        recorded: "/v1/chat/completions"
        received: "/v1/responses"
      and in the body: $.messages, $.input
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('the temperature was changed', async () => {
  expect(await missed([recorded({ ...paris, temperature: 0 })], [{ ...paris, temperature: 0.7 }]))
    .toMatchInlineSnapshot(`
      "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
      The nearest is interaction 1 of 'weather'. It differs in:
        $.temperature
          recorded: 0
          received: 0.7
      To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
    `)
})

test('a message was put into the middle', async () => {
  const asked = chat([system, user('I live in France.'), user('What is the weather in Paris?')])
  expect(await missed([recorded(paris)], [asked])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather'. It differs in:
      $.messages[1]
        recorded: absent
        received: {"role":"user","content":"I live in France."}
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('a long prompt was changed at its end', async () => {
  const prompt = (end: string): object =>
    chat([user(`${'Read the text that follows with care.\n'.repeat(60)}${end}`)])
  expect(await missed([recorded(prompt('Then say what it means.'))], [prompt('Then say whom it is about.')]))
    .toMatchInlineSnapshot(`
      "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "Read the text that follows with care. Read the tex…") in cassette 'weather' (cassettes/weather.yaml).
      The nearest is interaction 1 of 'weather'. It differs in:
        $.messages[0].content
          recorded: …hat follows with care.\\nRead the text that follows with care.\\nThen say what it means."
          received: …hat follows with care.\\nRead the text that follows with care.\\nThen say whom it is about."
      To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
    `)
})

test('a file was changed', async () => {
  const form = (bytes: number[]): FormData => {
    const upload = new FormData()
    upload.append('model', 'whisper-1')
    upload.append('file', new File([new Uint8Array(bytes)], 'speech.mp3', { type: 'audio/mpeg' }))
    return upload
  }
  const request = new Request('http://x', { method: 'POST', body: form([0, 1, 2]) })
  const body = readRequestBody(
    new Uint8Array(await request.arrayBuffer()),
    request.headers.get('content-type') ?? '',
  )
  const target = '/v1/audio/transcriptions'
  const interaction = { request: { method: 'POST', path: target, headers: [], body }, response: answered }
  expect(await missed([interaction], [form([0, 1, 2, 3])], { target })).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/audio/transcriptions (whisper-1, speech.mp3) in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather'. It differs in:
      $.multipart[1].content (part 'file')
        recorded: 3 bytes, SHA-256 ae4b3280e56e2faf…
        received: 4 bytes, SHA-256 054edec1d0211f62…
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('a date in a prompt is of another day', async () => {
  const on = (day: string): object =>
    chat([{ role: 'system', content: `Today is ${day}. Be brief.` }, user('Hello')])
  expect(await missed([recorded(on('2026-11-22'))], [on('2026-12-01')])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "Hello") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather'. It differs in:
      $.messages[0].content
        recorded: "Today is 2026-11-22. Be brief."
        received: "Today is 2026-12-01. Be brief."
    They differ only in dates or times. To ignore these: matchers: { volatile: ['dates'] }, or --volatile dates
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('a label differs from run to run', async () => {
  const run = (build: string): object => ({ ...paris, metadata: { suite: 'weather', build } })
  expect(await missed([recorded(run('811'))], [run('812')])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Paris?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather'. It differs in:
      $.metadata.build
        recorded: "811"
        received: "812"
    They differ only in fields that label a request. To ignore these: matchers: { ignore: ['$.metadata.build'] }, or --ignore '$.metadata.build'
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('much is still unplayed, and hardly anything is near', async () => {
  const jokes = ['cat', 'dog', 'cow', 'hen', 'fox'].map((animal) =>
    recorded({
      model: 'gpt-4.1',
      messages: [user(`A joke about a ${animal}, please.`)],
      temperature: 1,
      seed: 7,
    }),
  )
  const asked = chat([system, user('What is the weather in Rome?')])
  expect(await missed([recorded(paris), ...jokes], [paris, asked])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (gpt-4o-mini, "What is the weather in Rome?") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather' (gpt-4o-mini, "What is the weather in Paris?", already played). It differs in:
      $.messages[1].content
        recorded: "What is the weather in Paris?"
        received: "What is the weather in Rome?"
    Not played yet (5 of 6):
      interaction 2 of 'weather': POST /v1/chat/completions (gpt-4.1, "A joke about a cat, please.")
      interaction 3 of 'weather': POST /v1/chat/completions (gpt-4.1, "A joke about a dog, please.")
      interaction 4 of 'weather': POST /v1/chat/completions (gpt-4.1, "A joke about a cow, please.")
      and 2 more
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('many places differ', async () => {
  const many = (n: number): object => ({
    model: 'm',
    input: 'x',
    metadata: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, `${n}`])),
  })
  expect(await missed([recorded(many(1))], [many(2)])).toMatchInlineSnapshot(`
    "No recorded request matches POST /v1/chat/completions (m, "x") in cassette 'weather' (cassettes/weather.yaml).
    The nearest is interaction 1 of 'weather'. It differs in:
      $.metadata.k0
        recorded: "1"
        received: "2"
      $.metadata.k1
        recorded: "1"
        received: "2"
      $.metadata.k2
        recorded: "1"
        received: "2"
      $.metadata.k3
        recorded: "1"
        received: "2"
      $.metadata.k4
        recorded: "1"
        received: "2"
      $.metadata.k5
        recorded: "1"
        received: "2"
      $.metadata.k6
        recorded: "1"
        received: "2"
      $.metadata.k7
        recorded: "1"
        received: "2"
      $.metadata.k8
        recorded: "1"
        received: "2"
      $.metadata.k9
        recorded: "1"
        received: "2"
      and at least 14 more
    To record it: run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set"
  `)
})

test('a key in a prompt stays hidden', async () => {
  const message = await missed(
    [recorded(paris)],
    [chat([user('My key is sk-proj-abcdefghij0123456789ABCDEFGH')])],
  )
  expect(message).toContain('sk-redacted')
  expect(message).not.toContain('abcdefghij')
})

test('a key in the cassette’s name stays hidden', async () => {
  const name = 'sk-proj-abcdefghij0123456789ABCDEFGH'
  const message = await missed([recorded(paris), recorded(paris)], [chat([user('Hello')])], {
    name,
    file: name,
  })
  expect(message).toContain("The nearest is interaction 1 of 'sk-redacted'")
  expect(message).not.toContain('abcdefghij')
})
