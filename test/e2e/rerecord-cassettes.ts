import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Cassette, Interaction } from '../../src/cassette/cassette.ts'
import { printCassette } from '../../src/cassette/notation/text.ts'
import { tempDir } from '../support/temp.ts'

/** A chat completion as it was recorded. */
export function chat(
  prompt: string,
  { status = 200, model = 'gpt-4o-mini', said = 'hello', tokens = 20_000, headers = {} }: Said = {},
): Interaction {
  return {
    request: {
      method: 'POST',
      path: '/v1/chat/completions',
      headers: [],
      body: { kind: 'json', text: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }) },
    },
    response: {
      status,
      headers: [['content-type', 'application/json'], ...Object.entries(headers)],
      body: {
        kind: 'json',
        text: JSON.stringify(
          status === 200
            ? completion(model, said, tokens)
            : { error: { message: said, type: 'error', code: null } },
        ),
      },
      after: 5,
    },
  }
}

interface Said {
  readonly status?: number
  readonly model?: string
  readonly said?: string
  /** Of input: 20,000 of gpt-4o-mini cost 0.003 US dollars. */
  readonly tokens?: number
  readonly headers?: Readonly<Record<string, string>>
}

export function completion(model: string, said: string, tokens: number): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }],
    usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
  }
}

/** A cassette directory with these. */
export async function readCassettes(
  all: Readonly<Record<string, readonly Interaction[]>>,
  more: Partial<Cassette> = {},
): Promise<string> {
  const dir = await tempDir()
  for (const [name, interactions] of Object.entries(all)) {
    const file = path.join(dir, `${name}.yaml`)
    const head = { version: 1, upstream: 'https://api.openai.com', recordedAt: '2020-01-02' } as const
    const { text, blobs } = printCassette({ ...head, ...more, interactions })
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
    for (const [sha256, bytes] of blobs) {
      await mkdir(path.join(dir, 'blobs'), { recursive: true })
      await writeFile(path.join(dir, 'blobs', `${sha256}.bin`), bytes)
    }
  }
  return dir
}
