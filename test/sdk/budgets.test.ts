import OpenAI, { RateLimitError } from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { type Budget, type Mode, openCassette } from '../../src/index.ts'
import { startStandIn } from '../stand-in/start.ts'
import { LONG } from '../support/long.ts'
import { tempDir } from '../support/temp.ts'
import { asked, chat } from './fault-scenarios.ts'
import { type Opened, throughFetch, WAYS, type Way } from './ways.ts'

const ASKS: Readonly<Record<string, (client: OpenAI) => Promise<unknown>>> = {
  'a chat completion': (client) => client.chat.completions.create(chat),
  'a chat stream': async (client) => drain(await client.chat.completions.create({ ...chat, stream: true })),
  'a Response': (client) => client.responses.create(asked),
  'a Responses stream': async (client) => drain(await client.responses.create({ ...asked, stream: true })),
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

const MODES: readonly Mode[] = ['replay', 'record', 'record-missing', 'once', 'live']

/** A stand-in of the API, and a cassette of all that is asked. */
async function recorded(): Promise<{
  readonly dir: string
  readonly url: string
  readonly sent: () => number
}> {
  const dir = await tempDir()
  const { url, requests, close } = await startStandIn()
  onTestFinished(close)
  const vcr = await openCassette('sdk', { mode: 'record', dir, upstream: url })
  const client = new OpenAI({ apiKey: 'sk-any', fetch: vcr.fetch })
  for (const ask of Object.values(ASKS)) await ask(client)
  await client.files.list()
  await vcr.close()
  const before = requests.length
  return { dir, url, sent: () => requests.length - before }
}

async function opened(
  way: Way,
  mode: Mode,
  budget: Budget,
): Promise<Opened & { readonly sent: () => number }> {
  const { dir, url, sent } = await recorded()
  return { ...(await way.open({ mode, dir, upstream: url, budget })), sent }
}

const clientOf = ({ client }: Opened): OpenAI => new OpenAI({ apiKey: 'sk-any', logLevel: 'off', ...client })

// A budget is the engine's: one way shows it in every mode, and each way that it says so.
for (const way of WAYS)
  test.for(LONG || way === throughFetch ? MODES : MODES.slice(0, 1))(
    `${way.name}, %s: over the budget the SDK raises what it raises without quota`,
    async (mode) => {
      const at = await opened(way, mode, { tokens: 1 })
      const client = clientOf(at)
      expect(await client.chat.completions.create(chat)).toMatchObject({ object: 'chat.completion' })
      for (const [what, ask] of Object.entries(ASKS)) {
        const error = await ask(client).catch((thrown: unknown) => thrown)
        expect(error, what).toBeInstanceOf(RateLimitError)
        expect(error, what).toMatchObject({
          status: 429,
          code: 'insufficient_quota',
          type: 'insufficient_quota',
          message: expect.stringContaining('You exceeded your current quota') as unknown,
        })
      }
      expect(await client.files.list()).toBeDefined()
      const sent = at.sent()
      const { journal } = await at.end()
      // The SDK asks again twice after a 429, this one too.
      expect(journal.filter(({ outcome }) => outcome === 'faulted')).toHaveLength(3 * 4)
      expect(journal.find(({ outcome }) => outcome === 'faulted')?.reason).toMatch(
        /^over the budget: \d+ of 1 tokens used$/,
      )
      expect(sent).toBe(mode === 'live' || mode === 'record' ? 2 : 0)
    },
  )
