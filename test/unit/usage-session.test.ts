import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Usage } from '../../src/api/usage.ts'
import { type CassetteOptions, openCassette, type Vcr } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { type LocalUpstream, localUpstream, readAll } from '../support/upstream.ts'
import { scopeOf } from '../support/composition.ts'

const NOTHING: Usage = { requests: 0, unknown: 0, unpriced: 0, tokens: {}, usd: 0, models: [] }

/** What a gpt-4o-mini costs for so many tokens. */
const usd = (input: number, output: number): number => (input * 0.15 + output * 0.6) / 1e6

async function ask(vcr: Vcr, target: string, body?: object): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
  return (await vcr.fetch(`https://api.openai.com${target}`, init)).text()
}

const chat = (vcr: Vcr, n: number): Promise<string> =>
  ask(vcr, '/v1/chat/completions', { model: 'gpt-4o-mini', n })

/** Chat completions that took as many tokens each way as `n` says; a Response that is done when it is polled the second time. */
async function api(): Promise<LocalUpstream> {
  const polls = new Map<string, number>()
  let made = 0
  return localUpstream(async (req, res) => {
    const body = (await readAll(req)).toString()
    const { n = 0, status = 200 } = (body === '' ? {} : JSON.parse(body)) as { n?: number; status?: number }
    res.writeHead(status, { 'content-type': 'application/json' })
    if (status !== 200) return void res.end('{"error":{"message":"no"}}')
    const url = req.url ?? ''
    if (url === '/v1/chat/completions') {
      const usage = { prompt_tokens: n, completion_tokens: n, total_tokens: 2 * n }
      return void res.end(JSON.stringify({ id: `chatcmpl-${made++}`, model: 'gpt-4o-mini', usage }))
    }
    if (!url.startsWith('/v1/responses')) return void res.end('{"object":"list","data":[]}')
    const id = req.method === 'POST' ? `resp_${made++}` : path.basename(url)
    const times = polls.get(id) ?? 0
    polls.set(id, times + 1)
    const usage = times < 2 ? null : { input_tokens: 100, output_tokens: 10, total_tokens: 110 }
    const state = ['queued', 'in_progress'][times] ?? 'completed'
    res.end(JSON.stringify({ id, object: 'response', model: 'gpt-4o-mini', status: state, usage }))
  })
}

async function within<T>(options: CassetteOptions, use: (vcr: Vcr) => Promise<T>): Promise<T> {
  await using vcr = await openCassette('c', options)
  return await use(vcr)
}

test('what is recorded is spent, what is replayed would have been', async () => {
  const { url } = await api()
  const dir = await tempDir()
  const useTwice = async (vcr: Vcr) => {
    await chat(vcr, 1000)
    await chat(vcr, 200)
    return vcr.usage()
  }
  const totals = { requests: 2, unknown: 0, unpriced: 0, tokens: { input: 1200, output: 1200 } }
  const used = {
    ...totals,
    usd: expect.closeTo(usd(1200, 1200), 12),
    models: [{ model: 'gpt-4o-mini', ...totals, usd: expect.closeTo(usd(1200, 1200), 12) }],
  }
  const recorded = await within({ mode: 'record', dir, upstream: url }, useTwice)
  expect(recorded).toEqual({ ...used, replayed: NOTHING, spent: used })
  const replayed = await within({ dir }, useTwice)
  expect(replayed).toEqual({ ...used, replayed: used, spent: NOTHING })
  expect(JSON.parse(JSON.stringify(replayed))).toEqual(replayed)
})

test('live requests are counted, though nothing is recorded', async () => {
  const { url } = await api()
  const dir = await tempDir()
  const { spent, replayed } = await within({ mode: 'live', dir, upstream: url }, async (vcr) => {
    await chat(vcr, 7)
    return vcr.usage()
  })
  expect(spent).toMatchObject({ requests: 1, tokens: { input: 7, output: 7 } })
  expect(replayed).toEqual(NOTHING)
  expect(existsSync(path.join(dir, 'c.yaml'))).toBe(false)
})

test('a session that does both tells them apart, and together', async () => {
  const { url } = await api()
  const dir = await tempDir()
  await within({ mode: 'record', dir, upstream: url }, (vcr) => chat(vcr, 5))
  const usage = await within({ mode: 'record-missing', dir, upstream: url }, async (vcr) => {
    for (const n of [5, 5, 30]) await chat(vcr, n)
    return vcr.usage()
  })
  expect(usage.replayed).toMatchObject({ requests: 1, tokens: { input: 5 } })
  expect(usage.spent).toMatchObject({ requests: 2, tokens: { input: 35 } })
  expect(usage).toMatchObject({ requests: 3, tokens: { input: 40 }, models: [{ requests: 3 }] })
  expect(usage.usd).toBeCloseTo((usage.replayed.usd ?? 0) + (usage.spent.usd ?? 0), 12)
})

test('an answer that is played again would have been paid again', async () => {
  const { url } = await api()
  const dir = await tempDir()
  await within({ mode: 'record', dir, upstream: url }, (vcr) => chat(vcr, 5))
  const usage = await within({ dir, repeat: 'last' }, async (vcr) => {
    for (const n of [5, 5, 5]) await chat(vcr, n)
    return vcr.usage()
  })
  expect(usage.replayed).toMatchObject({ requests: 3, tokens: { input: 15, output: 15 } })
  expect(usage.usd).toBeCloseTo(usd(15, 15), 12)
})

test('polls of one Response are one request, unknown until it is done', async () => {
  const { url } = await api()
  const dir = await tempDir()
  const use = async (vcr: Vcr) => {
    const { id } = JSON.parse(await ask(vcr, '/v1/responses', { background: true })) as { id: string }
    await ask(vcr, `/v1/responses/${id}`)
    const before = vcr.usage()
    for (let i = 0; i < 3; i++) await ask(vcr, `/v1/responses/${id}`)
    return { before, after: vcr.usage() }
  }
  for (const mode of ['record', 'replay'] as const) {
    const side = mode === 'record' ? 'spent' : 'replayed'
    const { before, after } = await within({ mode, dir, upstream: url }, use)
    expect(before[side], mode).toMatchObject({ requests: 1, unknown: 1, tokens: {} })
    expect(before.usd).toBeUndefined()
    expect(after[side], mode).toMatchObject({ requests: 1, unknown: 0, tokens: { input: 100, output: 10 } })
    expect(after[side].models).toHaveLength(1)
  }
})

test('what was begun elsewhere is nobody’s here', async () => {
  const { url } = await api()
  const usage = await within({ mode: 'live', dir: await tempDir(), upstream: url }, async (vcr) => {
    for (let i = 0; i < 4; i++) await ask(vcr, '/v1/responses/resp_99')
    return vcr.usage()
  })
  expect(usage).toEqual({ ...NOTHING, replayed: NOTHING, spent: NOTHING })
})

test('errors, lists and misses are no requests to a model', async () => {
  const { url } = await api()
  const dir = await tempDir()
  const use = async (vcr: Vcr) => {
    await ask(vcr, '/v1/chat/completions', { status: 429 })
    await ask(vcr, '/v1/models')
    await ask(vcr, '/v1/files', {})
    return vcr.usage()
  }
  await expect(within({ mode: 'record', dir, upstream: url }, use)).resolves.toMatchObject(NOTHING)
  const replayed = await within({ dir }, async (vcr) => {
    await chat(vcr, 404)
    return use(vcr)
  })
  expect(replayed).toMatchObject(NOTHING)
})

test('a model whose price is not known is unpriced, and the rest still adds up', async () => {
  const usage = (input_tokens: number): string => JSON.stringify({ input_tokens, output_tokens: 0 })
  const { url } = await localUpstream(async (req, res) => {
    const { model } = JSON.parse((await readAll(req)).toString()) as { model: string }
    res.end(`{"model":"${model}","usage":${usage(10)}}`)
  })
  const told = await within({ mode: 'live', dir: await tempDir(), upstream: url }, async (vcr) => {
    for (const model of ['of-our-own', 'gpt-4o-mini', 'gpt-4o-mini'])
      await ask(vcr, '/v1/responses', { model })
    return vcr.usage()
  })
  expect(told).toMatchObject({ requests: 3, unknown: 0, unpriced: 1, tokens: { input: 30 } })
  expect(told.usd).toBeCloseTo(usd(20, 0), 12)
  expect(told.models.map(({ model, requests, unpriced }) => [model, requests, unpriced])).toEqual([
    ['gpt-4o-mini', 2, 0],
    ['of-our-own', 1, 1],
  ])
  expect(told.models[1]).not.toHaveProperty('usd')
})

test('a client that leaves a stream has spent what nobody tells', async () => {
  const dir = await tempDir()
  const { url } = await localUpstream((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write('data: {"id":"c","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[]}\n\n')
  })
  const usage = await within({ mode: 'record', dir, upstream: url }, async (vcr) => {
    const response = await vcr.fetch('https://api.openai.com/v1/chat/completions', { method: 'POST' })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.cancel()
    while (vcr.journal[0]?.outcome === 'pending') await new Promise((resolve) => setImmediate(resolve))
    return vcr.usage()
  })
  expect(usage.spent).toEqual({
    requests: 1,
    unknown: 1,
    unpriced: 0,
    tokens: {},
    models: [{ model: 'gpt-4o-mini', requests: 1, unknown: 1, unpriced: 0, tokens: {} }],
  })
})

test('a model that is named after a secret is told by its placeholder', async () => {
  const { url } = await localUpstream((_req, res) => {
    res.end('{"model":"ft:gpt-4o:cust_12345678","usage":{"prompt_tokens":1,"completion_tokens":1}}')
  })
  const options = { mode: 'live', dir: await tempDir(), upstream: url, redact: [/cust_\d{8}/] } as const
  const usage = await within(options, async (vcr) => {
    await chat(vcr, 1)
    return vcr.usage()
  })
  expect(JSON.stringify(usage)).not.toContain('cust_1')
  expect(usage.models[0]?.model).toMatch(/^ft:gpt-4o:/)
})

test('usage can be asked for after the session is closed', async () => {
  const { url } = await api()
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: url })
  await chat(vcr, 3)
  await vcr.close()
  expect(vcr.usage().spent.tokens).toEqual({ input: 3, output: 3 })
})

test('a part that is undone would have been paid all the same', async () => {
  const { url } = await api()
  const dir = await tempDir()
  await within({ mode: 'record', dir, upstream: url }, (vcr) => chat(vcr, 5))
  const usage = await within({ dir }, async (vcr) => {
    for (const part of [scopeOf(vcr), scopeOf(vcr)]) {
      const body = JSON.stringify({ model: 'gpt-4o-mini', n: 5 })
      const headers = { 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body }
      const response = await part.handle(new Request('https://api.openai.com/v1/chat/completions', init))
      expect(response.status).toBe(200)
      part.undo()
    }
    return vcr.usage()
  })
  expect(usage.replayed).toMatchObject({ requests: 2, tokens: { input: 10 } })
})
