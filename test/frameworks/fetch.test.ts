import { createOpenAI } from '@ai-sdk/openai'
import { ChatOpenAI } from '@langchain/openai'
import { OpenAI as LlamaOpenAI } from '@llamaindex/openai'
import { Agent, OpenAIProvider, Runner } from '@openai/agents'
import { generateText } from 'ai'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { openCassette, type Vcr } from '../../src/index.ts'
import { startStandIn } from '../stand-in/start.ts'
import { tempDir } from '../support/temp.ts'
import { pointAt } from './through.ts'

await import('../../examples/loopback-only.ts')

const MODEL = 'gpt-4o-mini'
const PROMPT = 'Why is the sky blue?'

/** How docs/frameworks.md says that each is handed a fetch. */
const asking: Readonly<Record<string, (fetch: Vcr['fetch']) => Promise<unknown>>> = {
  '@openai/agents': async (fetch) => {
    const modelProvider = new OpenAIProvider({ openAIClient: new OpenAI({ fetch }) })
    return (await new Runner({ modelProvider }).run(new Agent({ name: 'Sky', model: MODEL }), PROMPT))
      .finalOutput
  },
  'the AI SDK': async (fetch) =>
    (await generateText({ model: createOpenAI({ fetch })(MODEL), prompt: PROMPT })).text,
  LangChain: async (fetch) =>
    (await new ChatOpenAI({ model: MODEL, configuration: { fetch } }).invoke(PROMPT)).text,
  'LlamaIndex.TS': async (fetch) =>
    (
      await new LlamaOpenAI({ model: MODEL, additionalSessionOptions: { fetch } }).chat({
        messages: [{ role: 'user', content: PROMPT }],
      })
    ).message.content,
}

for (const [framework, ask] of Object.entries(asking)) {
  test(`${framework} takes the fetch of a cassette, with nothing intercepted`, async () => {
    const upstream = await startStandIn()
    onTestFinished(upstream.close)
    pointAt(undefined)
    const dir = await tempDir()
    const said: unknown[] = []
    for (const [mode, outcome] of [
      ['record', 'recorded'],
      ['replay', 'hit'],
    ] as const) {
      const vcr = await openCassette('c', { mode, dir, upstream: upstream.url })
      said.push(await ask(vcr.fetch))
      await vcr.close()
      expect(vcr.journal.map((entry) => entry.outcome)).toEqual([outcome])
    }
    expect(said[0]).toContain('air scatters blue light')
    expect(said[1]).toBe(said[0])
    expect(upstream.requests).toHaveLength(1)
  })
}
