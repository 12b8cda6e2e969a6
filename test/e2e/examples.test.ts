import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'

const shipped = readdirSync(new URL('../../cassettes/examples', import.meta.url))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => `examples/${file.replace(/\.yaml$/, '')}`)

test('there are cassettes to try', () => {
  expect(shipped).toEqual(
    expect.arrayContaining([
      'examples/chat',
      'examples/stream',
      'examples/tool-agent',
      'examples/embeddings',
    ]),
  )
})

for (const name of shipped) {
  test(`${name} replays through the openai SDK, the same each time, and shows what it holds`, async () => {
    const run = () => runCli(['replay', '--cassette', name, '--', process.execPath, `${name}.ts`])
    const [first, second] = [await run(), await run()]
    expect(first.status, first.stderr).toBe(0)
    expect(first.stdout.length).toBeGreaterThan(20)
    expect(second.stdout).toBe(first.stdout)
    const shown = await runCli(['show', name])
    expect(shown.stdout).toMatch(/^1\. POST \/v1\/\w+/)
  })
}
