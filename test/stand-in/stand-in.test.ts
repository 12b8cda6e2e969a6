import type { ChatCompletion } from 'openai/resources/chat/completions'
import { expect, onTestFinished, test } from 'vitest'
import { type StandIn, startStandIn } from './start.ts'

async function standIn(): Promise<StandIn> {
  const started = await startStandIn()
  onTestFinished(started.close)
  return started
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-any', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

const QUESTION = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Which way is north?' }] }

test('two stand-ins answer one request with the same bytes and the same headers', async () => {
  const [a, b] = [await standIn(), await standIn()]
  const answers = await Promise.all(
    [a, b].map(async ({ url }) => {
      const response = await post(`${url}/v1/chat/completions`, { ...QUESTION, stream: true })
      return { headers: [...response.headers], body: await response.text() }
    }),
  )
  expect(answers[0]).toEqual(answers[1])
})

test('another request gets another answer', async () => {
  const { url } = await standIn()
  const first = await post(`${url}/v1/chat/completions`, QUESTION)
  const second = await post(`${url}/v1/chat/completions`, { ...QUESTION, seed: 2 })
  expect(await first.text()).not.toBe(await second.text())
})

test('the boundary of a form does not change the answer', async () => {
  const { url } = await standIn()
  const upload = async (): Promise<unknown> => {
    const body = new FormData()
    body.append('purpose', 'user_data')
    body.append('file', new File(['hello'], 'hello.txt'))
    const response = await fetch(`${url}/v1/files`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-any' },
      body,
    })
    return response.json()
  }
  expect(await upload()).toEqual(await upload())
})

test('long JSON is compressed only for those who accept it', async () => {
  const { url } = await standIn()
  const codingFor = async (accepted: string): Promise<string | null> => {
    const response = await post(
      `${url}/v1/responses`,
      { model: 'gpt-4o-mini', input: 'x' },
      { 'accept-encoding': accepted },
    )
    await response.json()
    return response.headers.get('content-encoding')
  }
  expect(await codingFor('gzip, deflate')).toBe('gzip')
  expect(await codingFor('identity')).toBeNull()
})

test('a chat stream begins with the role and ends with the usage and [DONE]', async () => {
  const { url } = await standIn()
  const asked = { ...QUESTION, stream: true, stream_options: { include_usage: true } }
  const events = (await (await post(`${url}/v1/chat/completions`, asked)).text()).split('\n\n')
  expect(events[0]).toContain('"delta":{"role":"assistant","content":"","refusal":null}')
  expect(events.at(-3)).toMatch(/"choices":\[\],"usage":\{"prompt_tokens":\d+/)
  expect(events.slice(-2)).toEqual(['data: [DONE]', ''])
})

test('the events of a response are numbered and end without [DONE]', async () => {
  const { url } = await standIn()
  const text = await (
    await post(`${url}/v1/responses`, { model: 'gpt-5-mini', input: 'x', stream: true })
  ).text()
  const numbers = [...text.matchAll(/"sequence_number":(\d+)\}\n/g)].map(([, n]) => Number(n))
  expect(numbers).toEqual(numbers.map((_, i) => i))
  expect(text.trimEnd().split('\n').at(-2)).toBe('event: response.completed')
})

test('whole numbers that the API writes as floats are floats', async () => {
  const { url } = await standIn()
  const text = await (await post(`${url}/v1/responses`, { model: 'gpt-4o-mini', input: 'x' })).text()
  expect(text).toContain('"temperature": 1.0,')
})

test('a path that nobody knows is an invalid URL', async () => {
  const { url } = await standIn()
  const response = await post(`${url}/v1/no/such/thing`, {})
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({
    error: { code: 'invalid_url', message: 'Invalid URL (POST /v1/no/such/thing)' },
  })
})

test('it tells what it was asked', async () => {
  const { url, requests } = await standIn()
  await post(`${url}/v1/chat/completions?x=1`, QUESTION)
  expect(requests).toMatchObject([
    { method: 'POST', path: '/v1/chat/completions?x=1', headers: { authorization: 'Bearer sk-any' } },
  ])
})

test('who asks for it step by step has one tool after the other called, each for every place', async () => {
  const { url } = await standIn()
  const tool = (name: string) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  })
  const messages: unknown[] = [{ role: 'user', content: 'Tell me step by step: Tōkyō or Paris?' }]
  const turns: unknown[] = []
  for (;;) {
    const body = { model: 'gpt-4o-mini', messages, tools: [tool('weather'), tool('sunset')] }
    const response = await post(`${url}/v1/chat/completions`, body)
    const { message } = ((await response.json()) as ChatCompletion).choices[0] as ChatCompletion.Choice
    if (!message.tool_calls) break
    const calls = message.tool_calls.filter((call) => call.type === 'function')
    turns.push(calls.map(({ function: called }) => [called.name, called.arguments]))
    messages.push(message, ...calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'fine' })))
  }
  expect(turns).toEqual([
    [
      ['weather', '{"city":"Tōkyō"}'],
      ['weather', '{"city":"Paris"}'],
    ],
    [
      ['sunset', '{"city":"Tōkyō"}'],
      ['sunset', '{"city":"Paris"}'],
    ],
  ])
})

test.each([
  ['no message', { messages: [] }, 'empty_array'],
  ['a temperature above two', { temperature: 3 }, 'decimal_above_max_value'],
  ['more tokens than the model holds', { model: 'gpt-4', max_tokens: 8192 }, 'context_length_exceeded'],
])('a chat with %s is refused', async (_, params, code) => {
  const { url } = await standIn()
  const response = await post(`${url}/v1/chat/completions`, { ...QUESTION, ...params })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code } })
})

test.each([
  ['rate-limited-once', 429],
  ['server-error-once', 500],
])('a request for the model %s is answered the second time', async (model, status) => {
  const { url } = await standIn()
  const ask = async () => (await post(`${url}/v1/chat/completions`, { ...QUESTION, model })).status
  expect([await ask(), await ask()]).toEqual([status, 200])
})
