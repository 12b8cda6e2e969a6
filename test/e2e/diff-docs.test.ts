import { writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { printCassette } from '../../src/cassette/notation/text.ts'
import type { Interaction } from '../../src/cassette/cassette.ts'
import { runCli } from '../support/cli.ts'
import { asking, cassetteOf, json } from '../support/drifting.ts'
import { tempDir } from '../support/temp.ts'

const PAGE = new URL('../../docs/rerecording.md', import.meta.url)

/** A run of an agent with one tool, as it may have been recorded. */
interface Run {
  readonly id: string
  readonly city: string
  readonly said: string
  readonly tokens: readonly [number, number]
  /** What an API of later days has in a message. */
  readonly more: object
}

const OLD: Run = {
  id: 'B1x9f0k2m4p6',
  city: 'Paris',
  said: 'It is sunny in Paris, with 21 degrees.',
  tokens: [15, 11],
  more: {},
}

const NEW: Run = {
  id: 'C7q8r9s0t1u2',
  city: 'Paris, France',
  said: 'The weather in Paris is sunny, with a temperature of 21 °C.',
  tokens: [17, 15],
  more: { refusal: null, annotations: [] },
}

function interactions({ id, city, said, tokens, more }: Run): Interaction[] {
  const question = { role: 'user', content: 'What is the weather in Paris?' }
  const call = {
    id: `call_${id}`,
    type: 'function',
    function: { name: 'get_weather', arguments: JSON.stringify({ city }) },
  }
  const answer = (message: object, finish_reason: string, prompt: number, completion: number): object => ({
    id: `chatcmpl-${id}`,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, message: { role: 'assistant', ...message, ...more }, finish_reason }],
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  })
  const ask = (messages: readonly object[], body: object): Interaction =>
    asking({ model: 'gpt-4o-mini', messages }, { body: json(body) })
  const history = [
    question,
    { role: 'assistant', tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: '21 degrees, sunny' },
  ]
  return [
    ask([question], answer({ content: null, tool_calls: [call] }, 'tool_calls', 54, tokens[0])),
    ask(history, answer({ content: said }, 'stop', 90, tokens[1])),
  ]
}

test('the docs show what diff tells', async () => {
  const dir = await tempDir()
  const old = path.join(await tempDir(), 'old.yaml')
  await writeFile(old, printCassette(cassetteOf(...interactions(OLD))).text)
  await writeFile(path.join(dir, 'weather.yaml'), printCassette(cassetteOf(...interactions(NEW))).text)
  const shown = async (...flags: readonly string[]): Promise<string> => {
    const { status, stdout } = await runCli(['diff', '--cassettes', dir, old, 'weather', ...flags])
    expect(status).toBe(1)
    return stdout.replaceAll(old, '/tmp/old.yaml')
  }
  const [text, markdown, change] = blocks()
  expect(await shown()).toBe(text)
  expect((await shown('--markdown')).startsWith(markdown as string)).toBe(true)
  const parsed = JSON.parse(await shown('--json')) as { cassettes: { interactions: { kind: unknown }[] }[] }
  expect(parsed.cassettes[0]?.interactions[0]?.kind).toContainEqual(JSON.parse(change as string))
})

/** The outputs that the section shows: as text, as Markdown, as JSON. */
function blocks(): string[] {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split(/^## What changed$/m)
  const [own = ''] = section.split(/^## /m)
  return [...own.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, language]) => language !== 'sh')
    .map(([, , block]) => block as string)
}
