import { expect, onTestFinished, test } from 'vitest'
import { startStandIn } from '../../stand-in/start.ts'
import { NOT_PROMISED } from '../../support/not-promised.ts'
import { tempDir } from '../../support/temp.ts'
import type { Adapter, Subject } from '../adapter.ts'
import { opening, post } from '../talking.ts'

const KEY = { authorization: 'Bearer sk-test-0000000000000000000000000000' }
const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Say hello, in Greek: Γειά' }] }

/** A replay answers these with placeholders. */
const SECRET = new Set(['openai-organization', 'openai-project'])

const upload = (): FormData => {
  const form = new FormData()
  form.append('purpose', 'assistants')
  form.append('file', new Blob(['{"a":1}\n']), 'größe.jsonl')
  return form
}

/** What a program asks of the API, one after the other. */
const asked: readonly (readonly [path: string, init: () => RequestInit])[] = [
  ['/v1/models', () => ({})],
  ['/v1/chat/completions', () => post(CHAT)],
  ['/v1/chat/completions', () => post({ ...CHAT, stream: true, stream_options: { include_usage: true } })],
  ['/v1/responses', () => post({ model: 'gpt-4o-mini', input: 'Hello', stream: true })],
  [
    '/v1/embeddings',
    () => post({ model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'base64' }),
  ],
  ['/v1/files', () => ({ method: 'POST', body: upload() })],
  ['/v1/audio/speech', () => post({ model: 'tts-1', input: 'Hello', voice: 'alloy' })],
  ['/v1/models/none-of-these', () => ({})],
]

async function all(subject: Subject): Promise<unknown[]> {
  const answers = []
  for (const [path, init] of asked) {
    const response = await subject.fetch(path, {
      ...init(),
      headers: { ...(init().headers as object), ...KEY },
    })
    const headers = [...response.headers].filter(([name]) => !NOT_PROMISED.has(name) && !SECRET.has(name))
    const body = Buffer.from(await response.arrayBuffer()).toString('hex')
    answers.push({ path, status: response.status, headers, body })
  }
  await subject.close()
  return answers
}

export function equalityCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: what was recorded is what is replayed: status, headers and every byte`, async () => {
    const standIn = await startStandIn()
    onTestFinished(() => standIn.close())
    const dir = await tempDir()
    const live = await all(await record(dir, standIn.url))
    await standIn.close()
    expect(await all(await replay(dir))).toEqual(live)
  })
}
