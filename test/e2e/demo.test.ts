import type { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { run } from '../../src/cli/program.ts'
import { runCli, worldOf } from '../support/cli.ts'

await import('../../examples/loopback-only.ts')

/** The port is another one each time. */
function withoutPort(text: string): string {
  return text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:PORT')
}

test('the demo shows a hit, a miss and the next commands, with no key and no network', async () => {
  const { status, stdout, stderr } = await runCli(['demo'])
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(withoutPort(stdout)).toMatchInlineSnapshot(`
    "A server at http://127.0.0.1:PORT replays demo/question.yaml, a cassette in this package.
    It needs no API key and no network.
    Recorded from: stand-in of the test suite (test/stand-in), no real API

    1. A request that is in the cassette

       POST /v1/chat/completions
       model: gpt-5.4-mini
       user: Why should a test not call a live model?

       A live model costs money, needs a key and a network, and words its answer
       differently each time. A recorded answer is the same on every run, so a test
       that fails tells you something about your own code.

       hit: status 200 and 46 stream events, exactly as recorded

    2. The same request without the word "not"

       POST /v1/chat/completions
       model: gpt-5.4-mini
       user: Why should a test call a live model?

       miss: status 404, and an error that explains it

       No recorded request matches POST /v1/chat/completions (gpt-5.4-mini, streamed, "Why should a test call a live model?") in cassette 'question' (demo/question.yaml).
       The nearest is interaction 1 of 'question' (gpt-5.4-mini, streamed, "Why should a test not call a live model?", already played). It differs in:
         $.messages[0].content
           recorded: "Why should a test not call a live model?"
           received: "Why should a test call a live model?"
       To record it: OPENAI_API_KEY=… npx openai-vcr record --cassette first -- node agent.js

    3. Your own program

       npm install --save-dev openai-vcr
       OPENAI_API_KEY=… npx openai-vcr record --cassette first -- node agent.js  # calls the API, once
       npx openai-vcr replay --cassette first -- node agent.js                   # no key, no network

       In a test: import { test } from 'openai-vcr/vitest' or 'openai-vcr/node-test'
    "
  `)
})

test('the demo ignores what the environment says of modes, directories and upstreams', async () => {
  const plain = await runCli(['demo'])
  const steered = await runCli(['demo'], {
    env: {
      OPENAI_API_KEY: 'sk-of-the-user',
      OPENAI_VCR_MODE: 'record',
      OPENAI_VCR_CASSETTES: '/nowhere',
      OPENAI_VCR_UPSTREAM: 'http://127.0.0.1:9',
      USE_REAL_OPENAI: 'true',
    },
  })
  expect(withoutPort(steered.stdout)).toBe(withoutPort(plain.stdout))
  expect([steered.status, steered.stderr]).toEqual([0, ''])
})

test('on a terminal the demo shows the same text, streamed at the recorded pace', async () => {
  const plain = await runCli(['demo'])
  const { world, output } = worldOf({})
  Object.assign(world.stdout, { isTTY: true, columns: 200 })
  const arrivals: number[] = []
  ;(world.stdout as Writable).on('data', () => void arrivals.push(performance.now()))
  expect(await run(['demo'], world)).toBe(0)
  expect(withoutPort(output.stdout)).toBe(withoutPort(plain.stdout))
  expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(1000)
})

test('on a narrow terminal the answer is wrapped to its width', async () => {
  const { world, output } = worldOf({})
  Object.assign(world.stdout, { columns: 30 })
  expect(await run(['demo'], world)).toBe(0)
  const answer = /user: .*\n\n([^]*?)\n\n {3}hit/.exec(output.stdout)?.[1]?.split('\n') ?? []
  expect(answer.length).toBeGreaterThan(3)
  expect(answer.filter((line) => line.length > 30 || !line.startsWith('   '))).toEqual([])
})
