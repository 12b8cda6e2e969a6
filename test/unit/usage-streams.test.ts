import { expect, test } from 'vitest'
import { openCassette, type Vcr } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const ASKED = 'https://api.openai.com/v1/chat/completions'

/** Streams an answer with its usage, and closes only when it is told to. */
async function lingering(): Promise<{ url: string; end: () => void }> {
  const end = Promise.withResolvers<void>()
  const { url } = await localUpstream((_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
    const chunk = { object: 'chat.completion.chunk', model: 'gpt-4o-mini', choices: [], usage }
    res.write(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
    void end.promise.then(() => res.end())
  })
  return { url, end: end.resolve }
}

/** Reads a stream to `[DONE]`. What a client does then: nothing more. */
async function readToDone(vcr: Vcr): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model: 'gpt-4o-mini', stream: true })
  const response = await vcr.fetch(ASKED, { method: 'POST', headers, body })
  const reader = (response.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream())
    .getReader()
  for (let text = ''; !text.includes('[DONE]');) text += (await reader.read()).value ?? ''
}

test.each(['record', 'live'] as const)(
  'in the mode %s a stream is counted when it has told all, and once',
  async (mode) => {
    const { url, end } = await lingering()
    const vcr = await openCassette('c', { dir: await tempDir(), upstream: url, mode })
    await readToDone(vcr)
    const used = { requests: 1, unknown: 0, tokens: { input: 7, output: 3 } }
    expect(vcr.usage().spent).toMatchObject(used)
    end()
    await vcr.close()
    expect(vcr.usage().spent).toMatchObject(used)
  },
)
