import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runCli, spawnCli } from '../support/cli.ts'
import { LONG } from '../support/long.ts'
import { program } from '../support/programs.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CASSETTES = 'examples/frameworks/cassettes'
const GUARD = new URL('../../examples/loopback-only.ts', import.meta.url).href

/** No network for the command line and what it runs, and nothing switched off because of a test. */
const ALONE = { NODE_OPTIONS: `--import ${GUARD}`, NODE_ENV: 'production' }

for (const name of ['openai-agents', 'ai-sdk', 'langchain', 'llamaindex']) {
  test(`examples/frameworks/${name}.ts replays all of its cassette with no network${LONG ? ', the same each time' : ''}`, async () => {
    const replaying = ['replay', '--cassettes', CASSETTES, '--cassette', name, '--strict-unused', '--']
    const cmd = [process.execPath, `examples/frameworks/${name}.ts`]
    const run = () => spawnCli([...replaying, ...cmd], { env: ALONE })
    const first = await run()
    expect(first.status, first.stderr).toBe(0)
    expect(first.stdout).toContain('calls get_weather({"city":"Tōkyō"})')
    expect(first.stdout).toMatch(/streamed in \d+ pieces/)
    if (LONG) expect((await run()).stdout).toBe(first.stdout)
    const cassette = await readFile(path.join(ROOT, CASSETTES, `${name}.yaml`), 'utf8')
    expect(cassette).toContain('upstream: stand-in of the test suite (test/stand-in), no real API\n')
  })
}

test('a replayed command exports no traces, unless it is told to', async () => {
  const tells = await program('console.log(process.env.OPENAI_AGENTS_DISABLE_TRACING)')
  const replay = (env: Record<string, string>) => runCli(['replay', '--', ...tells], { env })
  expect((await replay({})).stdout).toBe('1\n')
  expect((await replay({ OPENAI_AGENTS_DISABLE_TRACING: '0' })).stdout).toBe('0\n')
})
