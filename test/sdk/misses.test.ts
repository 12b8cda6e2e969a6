import { createOpenAI } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { type JournalEntry, openCassette } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { tempDir } from '../support/temp.ts'

/** How each library asks something that nobody recorded; its retries are left as they are by default. */
interface Endpoint {
  readonly baseURL: string
  readonly fetch?: typeof globalThis.fetch
}

const key = { apiKey: 'none-needed' }
const MODEL = 'gpt-4o-mini'

const libraries: Readonly<Record<string, (endpoint: Endpoint) => Promise<unknown>>> = {
  'openai, chat': (endpoint) =>
    new OpenAI({ ...key, ...endpoint }).chat.completions.create({
      model: MODEL,
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  'openai, a stream': (endpoint) =>
    new OpenAI({ ...key, ...endpoint }).responses.create({ model: MODEL, input: 'Hi', stream: true }),
  'ai, text': (endpoint) =>
    generateText({ model: createOpenAI({ ...key, ...endpoint })(MODEL), prompt: 'Hi' }),
  'ai, a stream': async (endpoint) => {
    let failed: unknown
    const model = createOpenAI({ ...key, ...endpoint }).chat(MODEL)
    const { textStream } = streamText({ model, prompt: 'Hi', onError: ({ error }) => void (failed = error) })
    for await (const _text of textStream);
    throw failed
  },
}

async function messageOf(asking: Promise<unknown>): Promise<string> {
  try {
    await asking
    return 'no error'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

for (const [library, ask] of Object.entries(libraries)) {
  test(`${library}: a miss is one request, and its explanation is the error that the user sees, in process`, async () => {
    await using vcr = await openCassette('weather', { dir: await tempDir() })
    const message = await messageOf(
      ask({ baseURL: 'https://api.openai.com/v1', fetch: vcr.fetch as typeof fetch }),
    )
    expect(message).toContain("cassette 'weather'")
    expectOneMiss(vcr.journal, message)
  })

  test(`${library}: a miss is one request, and its explanation is the error that the user sees, from the server`, async () => {
    const server = await startServer({ dir: await tempDir(), cassette: 'weather' })
    const message = await messageOf(ask({ baseURL: `${server.url}/v1` }))
    expectOneMiss((await server.close()).journal, message)
  })
}

/** The same text in the journal and in the error. */
function expectOneMiss(journal: readonly JournalEntry[], message: string): void {
  expect(journal.map(({ outcome }) => outcome)).toEqual(['miss'])
  expect(message).toContain(journal[0]?.reason)
}
