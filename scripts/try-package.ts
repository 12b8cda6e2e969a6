/**
 * Packs the package, installs it into an empty project as a user would, and uses it from
 * there: the demo, types and loading of every entry, the command line, a recording and its replay.
 * test/e2e/first-project.test.ts has the test runners.
 */
import { execFile, execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  devDependencies: Record<string, string>
}
const project = mkdtempSync(path.join(tmpdir(), 'openai-vcr-package-'))
const env = { ...process.env, CI: '', OPENAI_API_KEY: 'sk-none', npm_config_loglevel: 'error' }

const PROGRAM = `
import OpenAI from 'openai'
import { openCassette, type CassetteOptions, type JournalEntry } from 'openai-vcr'
import { intercept } from 'openai-vcr/intercept'
import { cassetteRouter } from 'openai-vcr/express'
import { playWithNock } from 'openai-vcr/nock'
import { startServer } from 'openai-vcr/server'

const [mode, upstream] = process.argv.slice(2) as ['record' | 'replay', string]
const options: CassetteOptions = { mode, upstream, dir: 'tapes' }
const seen: string[] = []

{
  await using vcr = await openCassette('fetch', options)
  const models = await new OpenAI({ fetch: vcr.fetch }).models.list()
  seen.push(JSON.stringify(models.data))
  const journal: readonly JournalEntry[] = vcr.journal
  seen.push(journal[0]!.method)
}
{
  await using vcr = await openCassette('msw', options)
  await using _ = await intercept(vcr)
  seen.push(JSON.stringify((await new OpenAI().models.list()).data))
}
{
  const server = await startServer({ ...options, cassette: 'server' })
  seen.push(JSON.stringify((await new OpenAI({ baseURL: server.url + '/v1' }).models.list()).data))
  await server.close()
}
{
  await using vcr = await openCassette('nock', options)
  await using _ = await playWithNock(vcr)
  seen.push(JSON.stringify((await new OpenAI().models.list()).data))
}
if (typeof cassetteRouter !== 'function') throw new Error('no router')
console.log(seen.join('|'))
`

const NODE_TEST = `
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { test, useCassette, type CassetteTestContext } from 'openai-vcr/node-test'

test('is typed', { cassette: { repeat: 'last', keepFailed: true }, timeout: 10_000 }, async (t: CassetteTestContext) => {
  await t.test('below', () => assert.equal(t.vcr.mode, 'replay'))
})
test.skip('is skipped', async ({ vcr }) => { vcr.unused() })
describe('a suite', () => {
  const suite = useCassette('suite', { hosts: ['127.0.0.1:1'] })
  test('shares', ({ vcr }) => assert.equal(vcr.name, suite.vcr.name))
})
`

const VITEST = `
import { describe, expect } from 'vitest'
import { test, useCassette } from 'openai-vcr/vitest'

test('is typed', { cassette: { repeat: 'last', keepFailed: true } }, ({ vcr }) => expect(vcr.mode).toBe('replay'))
test.concurrent.each(['one', 'two'])('each %s', async (name) => expect(name).toHaveLength(3))
describe('a suite', () => {
  const suite = useCassette('suite', { hosts: ['127.0.0.1:1'] })
  test('shares', ({ vcr }) => expect(vcr.name).toBe(suite.vcr.name))
})
`

const VITEST_CONFIG = `
import { openaiVcr } from 'openai-vcr/vitest/plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [openaiVcr({ keepFailed: true })], test: { include: ['src/*.vitest.ts'] } })
`

const CONFIG = `
import { type Config, defineConfig } from 'openai-vcr'

const cassettes: Config['cassettes'] = { 'none/*': { matchers: { matchOn: ({ body }) => body }, expires: 'never' } }
export default defineConfig({ cassettes })
`

try {
  execFileSync('npm', ['pack', '--pack-destination', project, '--silent'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) as string
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'empty', private: true, type: 'module', allowScripts: { node: true } }),
  )
  const peers = ['openai', 'msw', 'nock', 'vitest', 'typescript', 'node', '@types/node'].map(
    (name) => `${name}@${devDependencies[name]}`,
  )
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`, ...peers])

  await tryDemo()

  mkdirSync(path.join(project, 'src'))
  writeFileSync(path.join(project, 'src/try.ts'), PROGRAM)
  writeFileSync(path.join(project, 'src/node.test.ts'), NODE_TEST)
  writeFileSync(path.join(project, 'src/any.vitest.ts'), VITEST)
  writeFileSync(path.join(project, 'vitest.config.ts'), VITEST_CONFIG)
  writeFileSync(path.join(project, 'openai-vcr.config.ts'), CONFIG)
  const compiler = {
    target: 'es2024',
    module: 'nodenext',
    lib: ['es2024', 'esnext.disposable', 'dom'],
    types: ['node'],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  }
  writeFileSync(
    path.join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: compiler, include: ['src', '*.config.ts'] }),
  )
  npm(['exec', '-c', 'tsc'])
  npm(['exec', '-c', 'node --test src/node.test.ts'])
  npm(['exec', '-c', 'vitest run'])

  const upstream = createServer((_req, res) => {
    res
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"object":"list","data":[{"id":"gpt-4o-mini","object":"model"}]}')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const recorded = await run(['exec', '-c', `node src/try.ts record ${url}`])
  upstream.closeAllConnections()
  await new Promise((resolve) => upstream.close(resolve))
  const replayed = await run(['exec', '-c', `node src/try.ts replay ${url}`])
  if (recorded !== replayed || !recorded.includes('gpt-4o-mini'))
    throw new Error(`recorded ${recorded}, replayed ${replayed}`)
  const listed = await run(['exec', '-c', 'openai-vcr list --cassettes tapes --json'])
  const names = (JSON.parse(listed) as { name: string }[]).map(({ name }) => name)
  if (names.join() !== 'fetch,msw,nock,server') throw new Error(`the command line lists ${names.join()}`)
  process.stdout.write(
    'installed from its tarball; demo, types, entries, command line, recording and replay work\n',
  )
} finally {
  rmSync(project, { recursive: true, force: true })
}

/** As somebody sees it who has only just installed the package: without a key, and no network but this machine's. */
async function tryDemo(): Promise<void> {
  copyFileSync(path.join(ROOT, 'examples/loopback-only.ts'), path.join(project, 'loopback-only.ts'))
  const guarded = 'node --import ./loopback-only.ts node_modules/openai-vcr/dist/cli/main.js demo'
  const shown = await run(['exec', '-c', guarded], { ...env, OPENAI_API_KEY: '' })
  for (const part of ['hit: status 200', 'miss: status 404', 'npm install --save-dev openai-vcr'])
    if (!shown.includes(part)) throw new Error(`the demo shows no '${part}':\n${shown}`)
}

function npm(args: readonly string[]): void {
  execFileSync('npm', [...args], { cwd: project, env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Not in step with us: the upstream that it asks is in this process. */
async function run(args: readonly string[], ownEnv: NodeJS.ProcessEnv = env): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', [...args], { cwd: project, env: ownEnv })
  return stdout.trim()
}
