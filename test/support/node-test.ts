import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { finished, surroundings } from './cli.ts'
import type { EndedTest, Told } from './ndjson-reporter.ts'
import { tempDir } from './temp.ts'
import { localUpstream, readAll } from './upstream.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const REPORTER = fileURLToPath(new URL('ndjson-reporter.ts', import.meta.url))

export interface NodeTestRun {
  readonly status: number | null
  /** The tests that ended, suites left out, by name. */
  readonly tests: Readonly<Record<string, EndedTest>>
  /** The same in short: `passed`, `failed`, `skipped` or `todo`. */
  readonly outcomes: Readonly<Record<string, string>>
  /** What was told besides, a line each. */
  readonly diagnostics: readonly string[]
  /** What came of suites, of which one has an error only when it has failed. */
  readonly suites: Readonly<Record<string, string>>
  /** What the programs wrote to stderr. */
  readonly stderr: string
}

export interface NodeTestProject {
  readonly dir: string
  readonly file: string
  readonly source: string
  /** Runs `node --test` over it, with these arguments more. */
  run(env?: Record<string, string>, args?: readonly string[]): Promise<NodeTestRun>
  /** The text of each cassette, by name. */
  cassettes(): Promise<Record<string, string>>
}

/** Asks for n, and gives the answer's text. */
const ASK = `
export async function ask(n) {
  const response = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ n }),
  })
  return response.text()
}`

const HEAD = `
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test as plain } from 'node:test'
import { it, test, useCassette } from 'openai-vcr/node-test'
import { ask } from './ask.js'
`

/** A folder with one test file, which has `ask` and all of node:test's and our own. */
export async function askingProject(
  tests: string,
  others: Readonly<Record<string, string>> = {},
): Promise<NodeTestProject> {
  const dir = await realpath(await tempDir())
  const file = path.join(dir, 'weather.test.js')
  const source = HEAD + tests
  await mkdir(path.join(dir, 'node_modules'))
  await symlink(ROOT, path.join(dir, 'node_modules/openai-vcr'))
  await writeFile(path.join(dir, 'package.json'), '{"type":"module"}')
  await writeFile(path.join(dir, 'ask.js'), ASK)
  await writeFile(file, source)
  for (const [name, text] of Object.entries(others)) await writeFile(path.join(dir, name), text)
  return {
    dir,
    file,
    source,
    run: (env = {}, args = []) => runTests(dir, env, args),
    cassettes: () => cassettesIn(path.join(dir, 'cassettes')),
  }
}

/** An upstream whose answers tell how many there were before. */
export async function countingUpstream(): Promise<{
  readonly url: string
  /** What a recording needs besides its mode. */
  readonly env: Readonly<Record<string, string>>
  readonly asked: () => number
}> {
  let answers = 0
  const { url, asked } = await localUpstream(async (req, res) => {
    const { n } = JSON.parse((await readAll(req)).toString()) as { n: unknown }
    res.end(`answer ${++answers} to ${String(n)}`)
  })
  const env = { OPENAI_VCR_UPSTREAM: url, OPENAI_API_KEY: 'sk-proj-4f8Q1zR7xT2mW9vK3nB6yL0cD5hJ8sA1' }
  return { url, env, asked }
}

async function runTests(
  dir: string,
  env: Record<string, string>,
  args: readonly string[],
): Promise<NodeTestRun> {
  const child = spawn(process.execPath, ['--test', `--test-reporter=${REPORTER}`, ...args], {
    cwd: dir,
    env: surroundings(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { status, stdout, stderr } = await finished(child)
  const lines = stdout.split('\n').filter((line) => line !== '')
  const told = lines.map((line) => JSON.parse(line) as Told)
  const ended = told.filter((each) => 'name' in each)
  return {
    status,
    tests: Object.fromEntries(ended.map((each) => [each.name, each])),
    outcomes: Object.fromEntries(ended.map(({ name, outcome }) => [name, outcome])),
    suites: Object.fromEntries(told.flatMap((each) => ('suite' in each ? [[each.suite, each.error]] : []))),
    diagnostics: told.flatMap((each) => ('diagnostic' in each ? [each.diagnostic] : [])),
    stderr: told.flatMap((each) => ('stderr' in each ? [each.stderr] : [])).join('') + stderr,
  }
}

async function cassettesIn(dir: string): Promise<Record<string, string>> {
  const files = await readdir(dir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const found: Record<string, string> = {}
  const names = files.filter((file) => file.endsWith('.yaml')).map((file) => file.replace(/\.yaml$/, ''))
  for (const name of names.toSorted()) found[name] = await readFile(path.join(dir, `${name}.yaml`), 'utf8')
  return found
}
