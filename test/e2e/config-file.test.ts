import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { spawnCli } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'

const SERVE = ['serve', '--port', '0']

/** A project whose configuration is this TypeScript. */
async function project(text: string): Promise<string> {
  const cwd = await tempDir()
  await mkdir(path.join(cwd, 'cassettes'))
  await writeFile(path.join(cwd, 'openai-vcr.config.ts'), text)
  return cwd
}

const WRONG = 'const usd: unknown = -1\nexport default { budget: { usd } }\n'

test('the configuration of the working directory is read, and refused with its name', async () => {
  expect(await spawnCli(SERVE, { cwd: await project(WRONG) })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      'openai-vcr: openai-vcr.config.ts: option `budget.usd`: expected an amount of US dollars from 0, such as 0.01, found -1\n',
    ) as unknown,
  })
})

test('one in the cassette directory beside one in the working directory is one too many', async () => {
  const cwd = await project('export default {}')
  await writeFile(path.join(cwd, 'cassettes/openai-vcr.config.json'), '{}')
  expect(await spawnCli(SERVE, { cwd })).toMatchObject({
    status: 2,
    stderr:
      'openai-vcr: expected one configuration, found cassettes/openai-vcr.config.json and openai-vcr.config.ts: keep one of them\n',
  })
})

test('a Node that runs no TypeScript is told of the form that it can run', async () => {
  const run = { cwd: await project(WRONG), env: { NODE_OPTIONS: '--no-experimental-strip-types' } }
  expect(await spawnCli(SERVE, run)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      'openai-vcr.config.ts: this Node does not run TypeScript: use Node 22.18 or later, without --no-strip-types, or write openai-vcr.config.mjs',
    ) as unknown,
  })
})
