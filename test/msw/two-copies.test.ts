import { cp, mkdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'

const INSTALLED = fileURLToPath(new URL('../../node_modules', import.meta.url))
const ENGINE = '@mswjs/interceptors'

test('MSW: intercept beside another copy of the engine says so instead of hearing half', async () => {
  const dir = await tempDir()
  const modules = path.join(dir, 'node_modules')
  await cp(path.join(INSTALLED, ENGINE), path.join(modules, ENGINE), { recursive: true })
  await mkdir(path.join(modules, '@open-draft'))
  for (const name of ['@open-draft/until', 'debug', 'is-node-process', 'outvariant', 'rettime'])
    await symlink(path.join(INSTALLED, name), path.join(modules, name))
  const { status, stdout, stderr } = await runProgram(new URL('two-copies.ts', import.meta.url), [dir])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual({
    refused: expect.stringMatching(/^UsageError: two copies of @mswjs\/interceptors .*npm dedupe/),
    status: 404,
  })
})
