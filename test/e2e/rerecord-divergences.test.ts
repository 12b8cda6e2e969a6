import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Switches } from '../stand-in/switches.ts'
import { localUpstream } from '../support/upstream.ts'
import { readCassettes, chat } from './rerecord-cassettes.ts'
import { assistants, chatTools, encrypted } from './rerecord-programs.ts'
import { fileIn, freshStandIn, type Program, recorded, rerecord } from './rerecording.ts'

interface Case {
  readonly program: Program
  readonly switches: Switches
  readonly says: readonly string[]
}

const DIVERGENCES: Readonly<Record<string, Case>> = {
  'other tools': {
    program: chatTools,
    switches: { tools: 'other' },
    says: [
      "interaction 1 of 'chain' (POST /v1/chat/completions) diverged from the recording",
      'the called tools were get_weather, get_time and are now get_time, get_weather',
    ],
  },
  'no tools': {
    program: assistants,
    switches: { tools: 'none' },
    says: ["of 'chain' (GET /v1/threads/thread_", 'the called tools were get_weather and are now none'],
  },
  'other arguments, while the tool output is for the old ones': {
    program: encrypted,
    switches: { arguments: true },
    says: [
      "interaction 1 of 'chain' (POST /v1/responses) diverged from the recording",
      'the arguments of get_weather were {"city":"Tōkyō"} and are now {"city":',
    ],
  },
  'another finish reason': {
    program: chatTools,
    switches: { short: true },
    says: ["interaction 2 of 'chain'", 'choices[0].finish_reason was stop and is now length'],
  },
}

for (const [what, { program, switches, says }] of Object.entries(DIVERGENCES)) {
  test(`${what}: named, with the command that records it live, and nothing written`, async () => {
    const dir = await recorded(program)
    const [before, files] = [await fileIn(dir), await readdir(dir, { recursive: true })]
    const { status, stderr, stdout } = await rerecord(dir, (await freshStandIn(switches)).url)
    for (const each of says) expect(stderr).toContain(each)
    expect(stderr).toContain('is unchanged.')
    expect(stderr).toContain('npx openai-vcr record --cassette chain -- CMD')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(await fileIn(dir)).toBe(before)
    expect(await readdir(dir, { recursive: true })).toEqual(files)
  })
}

test('a different status is reported with its error, the rest of the chain is not sent, and other cassettes go on', async () => {
  const dir = await readCassettes({ a: [chat('gone'), chat('after')], b: [chat('fine')] })
  const before = await fileIn(dir, 'a')
  const asked: string[] = []
  const upstream = await localUpstream(async (req, res) => {
    const body = Buffer.concat(await req.toArray()).toString()
    asked.push(/"content":"(\w+)"/.exec(body)?.[1] ?? '')
    const isGone = body.includes('gone')
    res.writeHead(isGone ? 404 : 200, { 'content-type': 'application/json' })
    res.end(
      isGone
        ? '{"error":{"message":"The model has been retired","code":"model_not_found"}}'
        : fileBody('still fine'),
    )
  })
  const { status, stderr } = await rerecord(dir, upstream.url)
  expect(stderr).toContain(
    "interaction 1 of 'a' (POST /v1/chat/completions) diverged from the recording: the status was 200 and is now 404: The model has been retired",
  )
  expect(stderr).toContain('1 of 2 cassettes re-recorded')
  expect(status).toBe(1)
  expect(asked.toSorted()).toEqual(['fine', 'gone'])
  expect(await fileIn(dir, 'a')).toBe(before)
  expect(await fileIn(dir, 'b')).toContain('still fine')
})

test('as JSON, each cassette says what came of it, and where', async () => {
  const dir = await recorded(chatTools)
  const { stdout } = await rerecord(dir, (await freshStandIn({ tools: 'none' })).url, ['--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    cassettes: [{ cassette: 'chain', outcome: 'diverged', interaction: 1, divergence: 'tools' }],
    spent: { requests: 1 },
  })
})

function fileBody(said: string): string {
  const { body } = chat('', { said }).response
  return body.kind === 'json' ? body.text : ''
}
