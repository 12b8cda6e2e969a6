import { expect, onTestFinished, test, vi } from 'vitest'
import { type Budget, type CassetteOptions, openCassette, type Vcr } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { post } from '../contract/talking.ts'
import { cassette, got, interaction, json } from '../contract/written.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, type LocalUpstream } from '../support/upstream.ts'
import { answererOf, scopeOf } from '../support/composition.ts'
import { clientOf } from '../../src/engine/exchange/exchange.ts'

const CHAT = 'https://api.openai.com/v1/chat/completions'
const body = (n: number, model = 'gpt-4o'): object => ({ model, n })
/** 42 tokens. At the prices of gpt-4o, 2.5 and 10 dollars a million, 0.000195 USD. */
const USAGE = '"usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42}'
const PRICE = 0.000195

const answered = (n: number, model = 'gpt-4o'): string =>
  interaction(JSON.stringify(body(n, model)), json(`{"model":"${model}","answer":${n},${USAGE}}`))

async function open(options: CassetteOptions, ...more: string[]): Promise<Vcr> {
  const dir = await cassette(...[1, 2, 3, 4].map((n) => answered(n)), ...more, got('/v1/models', 'models'))
  const vcr = await openCassette('c', { dir, ...options })
  onTestFinished(async () => void (await vcr.close()))
  return vcr
}

const ask = async (vcr: Pick<Vcr, 'fetch'>, n: number, model?: string): Promise<number> => {
  const response = await vcr.fetch(CHAT, post(body(n, model)))
  await response.text()
  return response.status
}

/** What becomes of the requests 1, 2, 3 and 4. */
async function four(vcr: Vcr): Promise<number[]> {
  const statuses: number[] = []
  for (const n of [1, 2, 3, 4]) statuses.push(await ask(vcr, n))
  return statuses
}

const OVER = { outcome: 'faulted', status: 429 }

/** An upstream whose chat completions use what those above used. */
function chatting(): Promise<LocalUpstream> {
  return localUpstream((req, res) => {
    res.setHeader('content-type', 'application/json')
    req.resume()
    req.on('end', () => res.end(req.method === 'GET' ? '{}' : `{"model":"gpt-4o","answer":0,${USAGE}}`))
  })
}

function warnings(): () => string[] {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  return () => warned.mock.calls.map(([text]) => String(text))
}

test('a replay answers until its budget of tokens is used, then as OpenAI does without quota', async () => {
  const vcr = await open({ budget: { tokens: 84 } })
  expect(await four(vcr)).toEqual([200, 200, 429, 429])
  const refused = await vcr.fetch(CHAT, post(body(3)))
  expect(refused.headers.get('x-should-retry')).toBeNull()
  expect(await refused.json()).toMatchObject({
    error: { type: 'insufficient_quota', code: 'insufficient_quota', param: null },
  })
  expect(vcr.journal.slice(2, 3)).toEqual([
    {
      ...OVER,
      method: 'POST',
      path: '/v1/chat/completions',
      reason: 'over the budget: 84 of 84 tokens used',
    },
  ])
})

test('the last request may go over: nothing is refused for what it uses itself', async () => {
  const vcr = await open({ budget: { tokens: 43 } })
  expect(await four(vcr)).toEqual([200, 200, 429, 429])
  expect(vcr.usage().tokens).toEqual({ input: 60, output: 24 })
})

test('a budget in dollars ends where the usage does', async () => {
  const vcr = await open({ budget: { usd: 3 * PRICE } })
  expect(await four(vcr)).toEqual([200, 200, 200, 429])
  expect(vcr.usage().usd).toBeCloseTo(3 * PRICE, 12)
  expect(vcr.journal.at(-1)?.reason).toBe('over the budget: 0.000585 of 0.000585 USD used')
})

test('a budget of nothing is an account without quota, and of two the one that is used up first counts', async () => {
  expect(await four(await open({ budget: { usd: 0 } }))).toEqual([429, 429, 429, 429])
  expect(await four(await open({ budget: { tokens: 1, usd: 1 } }))).toEqual([200, 429, 429, 429])
  expect(await four(await open({ budget: { tokens: 1000, usd: PRICE } }))).toEqual([200, 429, 429, 429])
})

test('what asks no model passes, and what is refused uses up no answer', async () => {
  const vcr = await open({ budget: { tokens: 0 } })
  expect(await ask(vcr, 1)).toBe(429)
  expect((await vcr.fetch('https://api.openai.com/v1/models')).status).toBe(200)
  expect(vcr.unused()).toHaveLength(4)
})

test('a request that was not recorded is over the budget before it is a miss', async () => {
  const vcr = await open({ budget: { tokens: 42 } })
  expect([await ask(vcr, 9), await ask(vcr, 1), await ask(vcr, 9)]).toEqual([404, 200, 429])
})

test('what a fault spoils or refuses is not used', async () => {
  const vcr = await open({
    budget: { tokens: 42 },
    faults: [
      { nth: 1, error: 'server_error' },
      { nth: 2, corrupt: { event: 1 } },
    ],
  })
  expect([await ask(vcr, 1), await ask(vcr, 1), await ask(vcr, 1), await ask(vcr, 2)]).toEqual([
    500, 200, 200, 429,
  ])
})

test('there is one warning for a model without a price, and a budget in tokens counts it', async () => {
  const told = warnings()
  const vcr = await open(
    { budget: { usd: 0.000001, tokens: 84 } },
    ...[5, 6, 7].map((n) => answered(n, 'my-model')),
  )
  expect([await ask(vcr, 5, 'my-model'), await ask(vcr, 6, 'my-model')]).toEqual([200, 200])
  expect(await ask(vcr, 7, 'my-model')).toBe(429)
  expect(told()).toEqual([
    'the price of the model my-model is unknown, so its cost does not count towards the budget of 0.000001 USD. A budget in tokens counts it',
  ])
})

test('what nobody tells is estimated by its words, and else by its request', async () => {
  const stream = `      headers: |\n        content-type: text/event-stream\n      body:\n        events: |\n          0 {"model":"gpt-4o","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hello there"}}]}\n          1 [DONE]\n`
  const said = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  const silent = { model: 'gpt-4o', max_tokens: 500 }
  const more = [
    interaction(JSON.stringify(said), stream),
    interaction(JSON.stringify(silent), json('{"model":"gpt-4o"}')),
  ]
  const send = async (vcr: Vcr, asked: object): Promise<number> => {
    const response = await vcr.fetch(CHAT, post(asked))
    await response.text()
    return response.status
  }
  const words = await open({ budget: { tokens: 5 } }, ...more)
  expect([await send(words, said), await ask(words, 1)]).toEqual([200, 429])
  expect(words.usage().estimated?.tokens).toMatchObject({ output: 2 })
  const unknown = await open({ budget: { tokens: 500 } }, ...more)
  expect([await send(unknown, silent), await ask(unknown, 1)]).toEqual([200, 429])
})

test('what a model thought that reasons is taken for as much as its request lets it answer', async () => {
  const messages = [{ role: 'user', content: 'Hi' }]
  const asked = { model: 'o3', stream: true, max_completion_tokens: 500, messages }
  const stream = `      headers: |\n        content-type: text/event-stream\n      body:\n        events: |\n          0 {"model":"o3","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Yes"}}]}\n          1 [DONE]\n`
  const vcr = await open({ budget: { tokens: 500 } }, interaction(JSON.stringify(asked), stream))
  await (await vcr.fetch(CHAT, post(asked))).text()
  expect(await ask(vcr, 1)).toBe(429)
})

test('a test that is run again has what its first attempt used', async () => {
  const vcr = await open({ budget: { tokens: 84 } })
  expect(await ask(vcr, 1)).toBe(200)
  const attempt = scopeOf(vcr)
  expect([await ask(attempt, 2), await ask(attempt, 3)]).toEqual([200, 429])
  attempt.undo()
  const again = scopeOf(vcr)
  expect([await ask(again, 2), await ask(again, 3)]).toEqual([200, 429])
})

test('a recording stops where its budget is used, and its replay at the same request', async () => {
  const upstream = await chatting()
  const dir = await tempDir()
  const budget = { usd: 2 * PRICE }
  const told = warnings()
  const recording = await openCassette('c', { dir, mode: 'record', upstream: upstream.url, budget })
  expect(await four(recording)).toEqual([200, 200, 429, 429])
  expect(upstream.asked()).toBe(2)
  expect(recording.journal.map(({ outcome }) => outcome)).toEqual([
    'recorded',
    'recorded',
    'faulted',
    'faulted',
  ])
  expect(await recording.close()).toMatchObject({ added: 2 })
  await using replay = await openCassette('c', { dir, budget })
  expect(await four(replay)).toEqual([200, 200, 429, 429])
  // Once, and not for the replay.
  expect(told()).toEqual([
    "over the budget: 0.00039 of 0.00039 USD used. Further model requests are not sent: they get OpenAI's error insufficient_quota",
  ])
})

test('the mode live stops there too, and record-missing counts what it replays and what it spends', async () => {
  const upstream = await chatting()
  const live = await open({ mode: 'live', upstream: upstream.url, budget: { tokens: 84 } })
  expect(await four(live)).toEqual([200, 200, 429, 429])
  const missing = await open({ mode: 'record-missing', upstream: upstream.url, budget: { tokens: 126 } })
  expect([await ask(missing, 1), await ask(missing, 8), await ask(missing, 2)]).toEqual([200, 200, 200])
  expect([await ask(missing, 9), await ask(missing, 3)]).toEqual([429, 429])
  expect(upstream.asked()).toBe(3)
})

test('a hundred requests at once do not pass the budget: those under way count by what they may use', async () => {
  const upstream = await chatting()
  const dir = await tempDir()
  const budget: Budget = { tokens: 3000 }
  const vcr = await openCassette('c', { dir, mode: 'record', upstream: upstream.url, budget })
  onTestFinished(async () => void (await vcr.close()))
  const statuses = await Promise.all(Array.from({ length: 100 }, (_, n) => ask(vcr, n)))
  // Each may use some 1,007 tokens.
  expect(statuses.filter((status) => status === 200)).toHaveLength(3)
  expect(upstream.asked()).toBe(3)
  expect(vcr.journal.find(({ status }) => status === 429)?.reason).toMatch(
    /^over the budget: 0 of 3000 tokens used, plus an estimated 30\d\d for requests in flight$/,
  )
  expect(await ask(vcr, 1)).toBe(200)
})

test('who has read an answer asks on, and what that might have used is no longer set aside', async () => {
  const upstream = await chatting()
  const options = await liveOptions(upstream.url, 500)
  const vcr = await openCassette('c', options)
  onTestFinished(async () => void (await vcr.close()))
  for (let n = 0; n < 12; n++) expect(await ask(vcr, n)).toBe(n * 42 < 500 ? 200 : 429)
  const { url, close } = await startServer(options)
  onTestFinished(async () => void (await close()))
  for (let n = 0; n < 12; n++) expect(await askAt(url, n)).toBe(n * 42 < 500 ? 200 : 429)
})

test('a stream that has told all is counted then, though the upstream does not close it', async () => {
  const upstream = await localUpstream((_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write(`data: {"object":"chat.completion.chunk","model":"gpt-4o","choices":[],${USAGE}}\n\n`)
    res.write('data: [DONE]\n\n')
  })
  const options = await liveOptions(upstream.url, 84)
  const vcr = await openCassette('c', options)
  onTestFinished(async () => void (await vcr.close({ keep: false })))
  const statuses: number[] = []
  for (const n of [1, 2, 3]) {
    const response = await vcr.fetch(CHAT, post(body(n)))
    statuses.push(response.status)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    for (let text = ''; response.ok && !text.includes('[DONE]');)
      text += Buffer.from((await reader.read()).value ?? []).toString()
  }
  expect(statuses).toEqual([200, 200, 429])
})

test('an answer counts from its end on, however soon the next request comes', async () => {
  const upstream = await chatting()
  const options = await liveOptions(upstream.url, 500)
  const vcr = await openCassette('c', options)
  onTestFinished(async () => void (await vcr.close()))
  for (const n of [1, 2, 3]) {
    const asked = {
      method: 'POST',
      target: '/v1/chat/completions',
      headers: [['content-type', 'application/json']] as const,
      body: Buffer.from(JSON.stringify(body(n))),
    }
    const answer = await answererOf(vcr).handle(asked, {
      arrival: answererOf(vcr).arrive(),
      client: clientOf(undefined),
    })
    expect(answer.status).toBe(200)
    if (!ArrayBuffer.isView(answer.body)) for await (const _ of answer.body);
  }
})

test('what fails or is left on its way is no longer set aside', async () => {
  const upstream = await localUpstream((_, res) => res.destroy())
  const dir = await tempDir()
  const vcr = await openCassette('c', { dir, mode: 'live', upstream: upstream.url, budget: { tokens: 10 } })
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  for (const n of [1, 2, 3]) await expect(ask(vcr, n)).rejects.toThrow('fetch failed')
  expect(upstream.asked()).toBe(3)
})

async function liveOptions(
  upstream: string,
  tokens: number,
): Promise<Pick<CassetteOptions, 'dir' | 'mode' | 'upstream' | 'budget'>> {
  return { dir: await tempDir(), mode: 'live', upstream, budget: { tokens } }
}

const askAt = async (url: string, n: number): Promise<number> => {
  const response = await fetch(`${url}/v1/chat/completions`, post(body(n)))
  await response.text()
  return response.status
}

test('sessions of a replaying server have the budget each', async () => {
  const dir = await cassette(...[1, 2].map((n) => answered(n)))
  const { url, close } = await startServer({ dir, cassette: 'c', budget: { tokens: 42 } })
  onTestFinished(async () => void (await close()))
  for (const at of [`${url}/s/one`, `${url}/s/two`])
    expect([await askAt(at, 1), await askAt(at, 2)]).toEqual([200, 429])
})

test('what a server spends counts for all its sessions and cassettes', async () => {
  const upstream = await chatting()
  const dir = await tempDir()
  const options = { dir, mode: 'record', upstream: upstream.url, budget: { usd: 2 * PRICE } } as const
  const { url, close } = await startServer(options)
  onTestFinished(async () => void (await close()))
  expect([await askAt(`${url}/s/one`, 1), await askAt(`${url}/c/other`, 2)]).toEqual([200, 200])
  for (const at of [url, `${url}/s/one`, `${url}/s/two`, `${url}/c/third`])
    expect(await askAt(at, 3)).toBe(429)
  expect(upstream.asked()).toBe(2)
})
