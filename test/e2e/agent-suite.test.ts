import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startStandIn } from '../stand-in/start.ts'
import { type Finished, runProgram } from '../support/cli.ts'
import { LONG } from '../support/long.ts'
import { tempDir } from '../support/temp.ts'

const SUITE = fileURLToPath(new URL('../../examples/agent-suite', import.meta.url))
const CASSETTES = path.join(SUITE, 'cassettes')
const VITEST = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url)

/** The suite has so many tests at least; a run of fewer has lost some. */
const TESTS = 80
/** Failures that nobody can have at will: they are left out where an API is asked. */
const MADE_UP = 6

const KEY = 'sk-key-of-whoever-records-it'
const MISS = 'No recorded request matches GET /v1/models/gpt-4o-mini'

/** Each runs vitest in a process of its own. */
const SLOW = { timeout: 180_000 }

const WAYS = { 'in process': {}, 'through the server': { AGENT_SUITE_VIA: 'server' } } as const

describe('replayed from the cassettes that ship with it', () => {
  // Through the server those are replayed that are recorded below.
  for (const [way, env] of Object.entries(WAYS).slice(0, LONG ? 2 : 1)) {
    test(`${way} it passes, and leaves them as they are`, SLOW, async () => {
      const before = await filesIn(CASSETTES)
      expect(Object.keys(before).length).toBeGreaterThan(50)
      expectAllPassed(await runSuite(env))
      expect(await filesIn(CASSETTES)).toEqual(before)
    })
  }
})

// What one way recorded, the other replays.
for (const [recording, replaying] of [
  ['in process', 'through the server'],
  ...(LONG ? [['through the server', 'in process'] as const] : []),
] as const) {
  describe(`recorded anew ${recording}, and then the upstream is gone`, () => {
    let dir: string
    beforeAll(async () => {
      dir = await mkdtemp(path.join(tmpdir(), 'agent-suite-test-'))
    })
    afterAll(() => rm(dir, { recursive: true }))

    test(`it passes, and holds neither the key nor a path of this machine`, SLOW, async () => {
      const standIn = await startStandIn()
      onTestFinished(standIn.close)
      const env = { OPENAI_VCR_MODE: 'record', OPENAI_VCR_UPSTREAM: standIn.url, OPENAI_API_KEY: KEY }
      expectAllPassed(await runSuite({ ...WAYS[recording], ...env, OPENAI_VCR_CASSETTES: dir }))
      expect(standIn.requests.length).toBeGreaterThan(TESTS)
      await standIn.close()
      const files = Object.keys(await filesIn(dir))
      expect(files).toEqual(Object.keys(await filesIn(CASSETTES)))
      const texts = await Promise.all(files.map((file) => readFile(path.join(dir, file), 'utf8')))
      for (const foreign of [KEY, SUITE, dir])
        expect(texts.filter((text) => text.includes(foreign))).toEqual([])
    })

    test(`it is replayed ${replaying}`, SLOW, async () => {
      expectAllPassed(await runSuite({ ...WAYS[replaying], OPENAI_VCR_CASSETTES: dir }))
    })
  })
}

for (const [way, env] of Object.entries(LONG ? WAYS : {})) {
  test(
    `asked to, ${way}, it asks the API, passes but for what is made up, and records nothing`,
    SLOW,
    async () => {
      const standIn = await startStandIn()
      onTestFinished(standIn.close)
      const dir = await tempDir()
      const real = {
        RUN_INTEGRATION_TESTS: 'true',
        USE_REAL_OPENAI: 'true',
        OPENAI_VCR_UPSTREAM: standIn.url,
      }
      const ran = await runSuite({ ...env, ...real, OPENAI_API_KEY: KEY, OPENAI_VCR_CASSETTES: dir })
      expectAllPassed(ran, MADE_UP)
      expect(standIn.requests.length).toBeGreaterThan(TESTS)
      expect(new Set(standIn.requests.map(({ headers }) => headers.authorization))).toContain(`Bearer ${KEY}`)
      expect(await filesIn(dir)).toEqual({})
    },
  )
}

test('half a wish for the real API is refused before a test is run', SLOW, async () => {
  const ran = await runProgram(VITEST, ['run', '--root', SUITE], { USE_REAL_OPENAI: 'true' })
  expect(ran.status).toBe(1)
  expect(ran.stderr).toContain('set RUN_INTEGRATION_TESTS=true as well')
})

test('without vitest the guard ends a program that connects to another machine, though it was swallowed', async () => {
  const file = path.join(await tempDir(), 'program.mjs')
  const guard = new URL('../../examples/loopback-only.ts', import.meta.url)
  await writeFile(file, `import '${guard.href}'; await fetch('http://192.0.2.1/').catch(() => {})`)
  const ran = await runProgram(pathToFileURL(file), [])
  expect(ran.status).toBe(1)
  expect(ran.stderr).toContain('A connection to 192.0.2.1 was refused')
})

describe('under its configuration', () => {
  /** Runs test files that are not the suite's own, with its setup file and its cassettes' way. */
  async function runWith(sources: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    const root = await tempDir()
    await mkdir(path.join(root, 'test'))
    for (const [n, source] of sources.entries()) await writeFile(path.join(root, `test/${n}.test.ts`), source)
    return runSuite(env, ['--root', root, '--config', path.join(SUITE, 'vitest.config.ts'), '--globals'])
  }

  const unrecorded = `
    import { test } from ${JSON.stringify(path.join(SUITE, 'test/support/suite.ts'))}
    test('asks', ({ client }) => client.models.retrieve('gpt-4o-mini').then(() => {}, () => {}))`
  const connecting = `
    test('swallows', () => fetch('http://192.0.2.1/').catch(() => {}))
    test('looks up', () => import('node:dns').then(({ promises }) => promises.lookup('example.com')).catch(() => {}))
    test('is innocent', () => fetch('http://127.0.0.1:9/').catch(() => {}))`

  test(
    'a connection to another machine, and a request that was never recorded, fail the test that made them, though it swallowed them',
    SLOW,
    async () => {
      const ran = await runWith([connecting, unrecorded])
      expect(ran.status).toBe(1)
      expect(ran.failures.toSorted()).toEqual(['asks', 'looks up', 'swallows'])
      expect(ran.stderr).toContain('A connection to 192.0.2.1 was refused')
      expect(ran.stderr).toContain('dns.lookup of example.com was refused')
      expect(ran.stderr).toContain(MISS)
    },
  )

  test('a request that was never recorded fails its test through the server too', SLOW, async () => {
    const ran = await runWith([unrecorded], WAYS['through the server'])
    expect([ran.status, ran.failures]).toEqual([1, ['asks']])
    expect(ran.stderr).toContain(MISS)
  })

  test('a connection that nobody waited for fails the run', SLOW, async () => {
    const ran = await runWith([
      `
      afterAll(() => new Promise((resolve) => setImmediate(() => fetch('http://192.0.2.1/').then(resolve, resolve))))
      test('is over', () => {})
      `,
    ])
    expect([ran.status, ran.passed]).toEqual([1, 1])
    expect(ran.stderr).toContain('A connection to 192.0.2.1 was refused')
  })
})

interface Ran extends Finished {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** The names of the tests that failed. */
  readonly failures: readonly string[]
}

/** Runs the suite as a user does, in a process of its own. */
async function runSuite(
  env: Record<string, string>,
  args: readonly string[] = ['--root', SUITE],
): Promise<Ran> {
  const file = path.join(await tempDir(), 'results.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const finished = await runProgram(VITEST, ['run', ...args, ...reporters], env)
  const results = JSON.parse(await readFile(file, 'utf8')) as Results
  const all = results.testResults.flatMap(({ assertionResults }) => assertionResults)
  return {
    ...finished,
    passed: results.numPassedTests,
    failed: results.numFailedTests,
    skipped: results.numPendingTests,
    failures: all.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  }
}

interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

function expectAllPassed(ran: Ran, skipped = 0): void {
  expect(ran.failures, ran.stdout + ran.stderr).toEqual([])
  expect(ran.status, ran.stdout + ran.stderr).toBe(0)
  expect(ran.passed).toBeGreaterThanOrEqual(TESTS - skipped)
  expect(ran.skipped).toBe(skipped)
}

/** Every file below a directory, with a hash of what it holds. */
async function filesIn(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(
      files.toSorted().map(async (file) => {
        const hash = createHash('sha256').update(await readFile(file))
        return [path.relative(dir, file), hash.digest('hex')] as const
      }),
    ),
  )
}
