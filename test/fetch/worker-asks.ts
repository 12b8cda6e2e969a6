import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { workerData } from 'node:worker_threads'
import OpenAI from 'openai'
import { openCassette } from '../../src/index.ts'

const { mode, dir, upstream } = workerData as { mode: 'record' | 'replay'; dir: string; upstream: string }

const vcr = await openCassette('c', { mode, dir, upstream })
const client = new OpenAI({ apiKey: 'sk-test-0000000000000000000000000000', fetch: vcr.fetch, maxRetries: 0 })
const stream = await client.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hello from a worker' }],
  stream: true,
})
let text = ''
for await (const event of stream) text += event.choices[0]?.delta.content ?? ''
await vcr.close()
const outcomes = vcr.journal.map(({ outcome }) => outcome)
await writeFile(path.join(dir, `${mode}.json`), JSON.stringify({ text, outcomes }))
