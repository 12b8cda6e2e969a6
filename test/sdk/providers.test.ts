import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import OpenAI, { AzureOpenAI } from 'openai'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { echoUpstream } from '../contract/echo.ts'
import { tempDir } from '../support/temp.ts'
import { type LocalUpstream, localUpstream, readAll } from '../support/upstream.ts'
import { answererOf } from '../support/composition.ts'

const ENV = {
  OPENAI_API_KEY: 'sk-proj-7d2Kf9QwErTyUiOpAsDfGhJkLzXcVbNm',
  AZURE_OPENAI_API_KEY: 'a7c4f2e19b8d4a6c8e3f5b7d9c1a2e4f',
}

interface Asked {
  readonly url: string | undefined
  readonly bearer: string | undefined
  readonly key: unknown
}

/** An upstream in the manner of a provider, and what was asked of it. */
async function provider(
  answer: (url: string) => { type: string; body: string } | undefined,
): Promise<LocalUpstream & { reached: Asked[] }> {
  const reached: Asked[] = []
  const upstream = await localUpstream(async (req, res) => {
    await readAll(req)
    reached.push({ url: req.url, bearer: req.headers.authorization, key: req.headers['api-key'] })
    const { type, body } = answer(req.url ?? '') ?? { type: 'text/plain', body: '404 page not found' }
    res.writeHead(body.startsWith('404') ? 404 : 200, { 'content-type': type }).end(body)
  })
  return { ...upstream, reached }
}

const completion = (model: string, content: string): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  })

const json = (body: string) => ({ type: 'application/json', body })

const QUESTION = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] }

async function said(client: OpenAI): Promise<string | null | undefined> {
  const { choices } = await client.chat.completions.create(QUESTION)
  return choices[0]?.message.content
}

/** The same twice, recorded and replayed, with the upstream gone. */
async function twice<T>(
  upstream: LocalUpstream,
  base: string,
  ask: (at: string) => Promise<T>,
): Promise<[T, T]> {
  for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const dir = await tempDir()
  const recording = await startServer({ mode: 'record', dir, cassette: 'c', upstream: base })
  const live = await ask(recording.url)
  await recording.close()
  await upstream.close()
  const replaying = await startServer({ dir, cassette: 'c' })
  const again = await ask(replaying.url)
  await replaying.close()
  return [live, again]
}

test('Azure: deployment paths, api-version and api-key', async () => {
  const azure = await provider((url) =>
    /^\/openai\/deployments\/gpt-4o\/chat\/completions\?api-version=2024-10-21$/.test(url)
      ? json(completion('gpt-4o', 'from Azure'))
      : undefined,
  )
  const ask = (at: string): Promise<string | null | undefined> =>
    said(new AzureOpenAI({ endpoint: at, apiKey: 'none', apiVersion: '2024-10-21', deployment: 'gpt-4o' }))
  expect(await twice(azure, azure.url, ask)).toEqual(['from Azure', 'from Azure'])
  const url = '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21'
  expect(azure.reached).toEqual([{ url, bearer: undefined, key: ENV.AZURE_OPENAI_API_KEY }])
})

test('OpenRouter: an API under a path of its own, comments between the events', async () => {
  const chunk = (content: string): string =>
    `data: ${JSON.stringify({ id: 'gen-1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`
  const body = `: OPENROUTER PROCESSING\n\n${chunk('from ')}: OPENROUTER PROCESSING\n\n${chunk('OpenRouter')}data: [DONE]\n\n`
  const openrouter = await provider((url) =>
    url === '/api/v1/chat/completions' ? { type: 'text/event-stream', body } : undefined,
  )
  const ask = async (at: string): Promise<string> => {
    const client = new OpenAI({ baseURL: `${at}/v1`, apiKey: 'none' })
    let text = ''
    for await (const { choices } of await client.chat.completions.create({ ...QUESTION, stream: true }))
      text += choices[0]?.delta.content ?? ''
    return text
  }
  expect(await twice(openrouter, `${openrouter.url}/api`, ask)).toEqual([
    'from OpenRouter',
    'from OpenRouter',
  ])
  expect(openrouter.reached.map(({ bearer }) => bearer)).toEqual([`Bearer ${ENV.OPENAI_API_KEY}`])
})

test('Ollama: the API under /v1, and its own one in lines of JSON', async () => {
  const lines = '{"message":{"content":"from "},"done":false}\n{"message":{"content":"Ollama"},"done":true}\n'
  const ollama = await provider((url) => {
    if (url === '/v1/chat/completions') return json(completion('llama3.2', 'from Ollama'))
    return url === '/api/chat' ? { type: 'application/x-ndjson', body: lines } : undefined
  })
  const ask = async (at: string): Promise<unknown[]> => {
    const own = await fetch(`${at}/api/chat`, { method: 'POST', body: JSON.stringify(QUESTION) })
    return [await said(new OpenAI({ baseURL: `${at}/v1`, apiKey: 'ollama' })), await own.text()]
  }
  expect(await twice(ollama, ollama.url, ask)).toEqual([
    ['from Ollama', lines],
    ['from Ollama', lines],
  ])
})

test('vLLM: endpoints that OpenAI does not have', async () => {
  const vllm = await provider((url) => {
    if (url === '/v1/chat/completions') return json(completion('mistral', 'from vLLM'))
    return url === '/tokenize' ? json('{"count":3,"tokens":[1,2,3]}') : undefined
  })
  const ask = async (at: string): Promise<unknown[]> => {
    const own = await fetch(`${at}/tokenize`, { method: 'POST', body: '{"prompt":"Hello"}' })
    return [await said(new OpenAI({ baseURL: `${at}/v1`, apiKey: 'EMPTY' })), await own.text()]
  }
  expect(await twice(vllm, vllm.url, ask)).toEqual([
    ['from vLLM', '{"count":3,"tokens":[1,2,3]}'],
    ['from vLLM', '{"count":3,"tokens":[1,2,3]}'],
  ])
})

test('one server records each cassette from the upstream that the directory says', async () => {
  const [azure, openrouter, rest] = await Promise.all([echoUpstream(), echoUpstream(), echoUpstream()])
  const dir = await tempDir()
  const config = {
    upstream: rest.url,
    cassettes: { 'azure/*': { upstream: azure.url }, router: { upstream: `${openrouter.url}/api/` } },
  }
  await writeFile(path.join(dir, 'openai-vcr.config.json'), JSON.stringify(config))
  const server = await startServer({ mode: 'record', dir })
  for (const at of ['/c/azure/weather/openai/deployments/x/chat', '/c/router/v1/models', '/v1/models'])
    await fetch(server.url + at)
  await server.close()
  const targets = [azure, openrouter, rest].map(({ reached }) => reached.map(({ target }) => target))
  expect(targets).toEqual([['/openai/deployments/x/chat'], ['/api/v1/models'], ['/v1/models']])
})

test('in process the directory says it too, and the code goes before it', async () => {
  const [told, chosen] = await Promise.all([echoUpstream(), echoUpstream()])
  const dir = await tempDir()
  const config = { cassettes: { 'a*': { upstream: told.url } } }
  await writeFile(path.join(dir, 'openai-vcr.config.json'), JSON.stringify(config))
  for (const more of [{}, { upstream: chosen.url }]) {
    await using vcr = await openCassette('a1', { mode: 'record', dir, ...more })
    await vcr.fetch('https://api.openai.com/v1/models')
  }
  expect([told.asked(), chosen.asked()]).toEqual([1, 1])
})

test('a cassette in process has each host for an upstream of its own', async () => {
  const [one, other] = await Promise.all([echoUpstream(), echoUpstream()])
  const dir = await tempDir()
  {
    await using vcr = await openCassette('c', { mode: 'record', dir })
    for (const { url } of [one, other]) await vcr.fetch(`${url}/v1/models?from=${url}`)
  }
  expect([one.asked(), other.asked()]).toEqual([1, 1])
  await using vcr = await openCassette('c', { dir })
  expect(answererOf(vcr).hosts).toEqual(
    expect.arrayContaining([one, other].map(({ url }) => new URL(url).host)),
  )
})

test('an upstream in the directory that is no URL is told with its file', async () => {
  const dir = await tempDir()
  const open = async (config: object): Promise<unknown> => {
    await writeFile(path.join(dir, 'openai-vcr.config.json'), JSON.stringify(config))
    return openCassette('c', { dir }).catch((error: Error) => error.message)
  }
  expect(await open({ upstream: 'api.openai.com' })).toMatch(
    /config\.json: option `upstream`: expected a URL, .*, found 'api\.openai\.com'$/,
  )
  expect(await open({ cassettes: { a: { upstream: 3 } } })).toMatch(
    /option `cassettes\.a\.upstream`: expected a URL, .*, found 3$/,
  )
})
