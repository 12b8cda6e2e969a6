import { expect, test } from 'vitest'
import { readEvent } from '../contract/talking.ts'
import { cassette, interaction } from '../contract/written.ts'
import { runCli, startCli } from '../support/cli.ts'

const STREAM = `      headers: |\n        content-type: text/event-stream\n      body:\n        events: |\n          86400000 {"n":1}\n          86400000 {"n":2}\n          86400000 {"n":3}\n`
const ASKED = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }

async function reading(...flags: string[]): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const dir = await cassette(interaction('{}', STREAM))
  const server = await startCli(['--cassettes', dir, '--cassette', 'c', ...flags])
  return (await fetch(`${server.url}/v1/chat/completions`, ASKED)).body!.getReader()
}

test('--ttft and --pace replay at a pace of their own, whatever the recorded time was', async () => {
  const slow = await reading('--ttft', '1', '--pace', '0.0001')
  expect(await readEvent(slow)).toBe('data: {"n":1}\n\n')
  await slow.cancel()
  const fast = await reading('--ttft', '1')
  let text = ''
  for (let next = await fast.read(); !next.done; next = await fast.read())
    text += Buffer.from(next.value).toString()
  expect(text).toBe('data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\n')
})

test('a speed and a pace at once, and a pace that is none, are bad usage', async () => {
  for (const flags of [
    ['--speed', '1', '--ttft', '5'],
    ['--speed', '1', '--pace', '5'],
    ['--pace', '0'],
    ['--ttft', '-1'],
  ]) {
    const { status, stderr } = await runCli(['serve', '--port', '0', ...flags])
    expect([status, stderr]).toEqual([2, expect.stringMatching(/--ttft|--pace/)])
  }
})
