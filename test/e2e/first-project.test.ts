import { beforeAll, describe, expect, test } from 'vitest'
import { startStandIn } from '../stand-in/start.ts'
import { docsBlock } from '../support/docs-block.ts'
import type { Finished } from '../support/cli.ts'
import { LONG } from '../support/long.ts'
import { installPackage, type UserProject } from '../support/user-project.ts'

const KEY = 'sk-proj-4f8Q1zR7xT2mW9vK3nB6yL0cD5hJ8sA1'
/** Not among our own dependencies: only users have it. */
const JEST = 'jest@30.5.2'
const WITH_MODULES = 'NODE_OPTIONS=--experimental-vm-modules'
/** What `npm test` runs. */
const JEST_ALONE = `${WITH_MODULES} node_modules/.bin/jest`

const NONE = 'a runner that is none'

interface Runner {
  /** As the docs show them, but for the package.json. */
  readonly files: Readonly<Record<string, string>>
  readonly command: string
  /** The file of the test, and what in it names the cassette, with a mode in code. */
  readonly test: string
  readonly withMode: readonly [from: string, to: string]
  readonly cassette: string
}

const agent = { 'weather.js': docsBlock('The code under test', 'weather.js') }
const jest = {
  ...agent,
  'package.json': JSON.stringify({ type: 'module', scripts: { test: `${WITH_MODULES} jest` } }),
  'jest.config.js': docsBlock('Jest', 'jest.config.js'),
  'weather.test.js': docsBlock('Jest', 'weather.test.js'),
}

const RUNNERS: Readonly<Record<string, Runner>> = {
  Jest: {
    files: jest,
    command: 'npm test',
    test: 'weather.test.js',
    withMode: ["openCassette('weather')", "openCassette('weather', { mode: 'record' })"],
    cassette: 'weather',
  },
  'Jest with a cassette for every test': {
    files: {
      ...jest,
      'jest.config.js': docsBlock('A cassette for every test', 'jest.config.js'),
      'vcr.setup.js': docsBlock('A cassette for every test', 'vcr.setup.js'),
      'weather.test.js': `
        import { weather } from './weather.js'
        test('tells the weather', async () => {
          expect(await weather('Paris')).toContain('Paris')
        })`,
    },
    command: JEST_ALONE,
    test: 'vcr.setup.js',
    withMode: ["openCassette(name.join('/'))", "openCassette(name.join('/'), { mode: 'record' })"],
    cassette: 'weather/tells-the-weather',
  },
  'Jest on CommonJS': {
    files: {
      'package.json': JSON.stringify({ type: 'commonjs', scripts: { test: `${WITH_MODULES} jest` } }),
      'weather.js': commonJs(agent['weather.js']),
      'weather.test.js': commonJs(jest['weather.test.js']),
    },
    command: JEST_ALONE,
    test: 'weather.test.js',
    withMode: ["openCassette('weather')", "openCassette('weather', { mode: 'record' })"],
    cassette: 'weather',
  },
  'node:test': {
    files: {
      ...agent,
      'package.json': JSON.stringify({ type: 'module' }),
      'weather.test.js': docsBlock('node:test', 'weather.test.js'),
    },
    command: 'node --test',
    test: 'weather.test.js',
    withMode: ["'tells the weather', ", "'tells the weather', { cassette: { mode: 'record' } }, "],
    cassette: 'weather/tells-the-weather',
  },
  vitest: {
    files: {
      ...agent,
      'package.json': JSON.stringify({ type: 'module' }),
      'weather.test.js': `
        import { expect } from 'vitest'
        import { test } from 'openai-vcr/vitest'
        import { weather } from './weather.js'

        test('tells the weather', async () => {
          expect(await weather('Paris')).toContain('Paris')
        })`,
    },
    command: 'node node_modules/vitest/vitest.mjs run',
    test: 'weather.test.js',
    withMode: ["'tells the weather', ", "'tells the weather', { cassette: { mode: 'record' } }, "],
    cassette: 'weather/tells-the-weather',
  },
  [NONE]: {
    files: {
      ...agent,
      'package.json': JSON.stringify({ type: 'module' }),
      'weather.check.js': docsBlock('Any other runner', 'weather.check.js'),
    },
    command: 'node weather.check.js',
    test: 'weather.check.js',
    withMode: ["openCassette('weather')", "openCassette('weather', { mode: 'record' })"],
    cassette: 'weather',
  },
}

let newProject: Awaited<ReturnType<typeof installPackage>>
beforeAll(async () => {
  newProject = await installPackage([JEST], ['openai', 'vitest'])
}, 180_000)

describe.each(Object.entries(RUNNERS))('%s', (name, runner) => {
  const isFirst = LONG || name === 'Jest' || name === NONE

  test('records once, passes from then on with the upstream gone, and explains a prompt that has changed', async () => {
    const project = await newProject(runner.files)
    if (isFirst) {
      const before = await project.run(runner.command)
      expect(before.status, before.stdout).not.toBe(0)
      expect(said(before)).toContain('No recorded request matches')
    }

    const recorded = await record(project, runner.command)
    expect(recorded.status, said(recorded)).toBe(0)
    expect(await project.cassettes()).toEqual([runner.cassette])
    const replayed = await project.run(runner.command)
    expect(replayed.status, said(replayed)).toBe(0)

    if (name.startsWith('Jest ') && !LONG) return
    await project.edit('weather.js', 'What is the weather', 'How is the weather')
    const changed = await project.run(runner.command)
    expect(changed.status).not.toBe(0)
    expect(said(changed)).toContain('recorded: "What is the weather in Paris?"')
    expect(said(changed)).toContain('received: "How is the weather in Paris?"')
  })

  // test/testing/ has it for vitest and node:test.
  if (name !== NONE && !LONG) return

  test('records nothing in CI by a mode that comes from code', async () => {
    const project = await newProject(runner.files)
    await project.edit(runner.test, ...runner.withMode)
    const upstream = await startStandIn()
    const env = { OPENAI_API_KEY: KEY, OPENAI_VCR_UPSTREAM: upstream.url }
    const inCi = await project.run(runner.command, { ...env, CI: 'true' })
    expect(inCi.status).not.toBe(0)
    expect(upstream.requests).toEqual([])
    expect(await project.cassettes()).toEqual([])

    const atHome = await project.run(runner.command, env)
    await upstream.close()
    expect(atHome.status, said(atHome)).toBe(0)
    expect(await project.cassettes()).toEqual([runner.cassette])
  })
})

test.each(['vitest', 'Jest with a cassette for every test', 'node:test'])(
  '%s fails a test that swallows a miss',
  async (name) => {
    const { files, command } = RUNNERS[name] as Runner
    const project = await newProject(files)
    await project.edit('weather.test.js', "weather('Paris')", "weather('Paris').catch(() => 'Paris')")
    const missed = await project.run(command)
    expect(missed.status).toBe(1)
    expect(said(missed)).toContain('No recorded request matches')
    expect(said(missed)).toMatch(/Tests:? +1 failed|fail 1/)
  },
)

test("in Jest's own world fetch and node:https are intercepted, and answer with its own classes", async () => {
  const project = await newProject({
    ...jest,
    'weather.test.js': `
      import https from 'node:https'
      import { openCassette } from 'openai-vcr'
      import { intercept } from 'openai-vcr/intercept'
      test('lists models', async () => {
        await using vcr = await openCassette('models')
        await using _ = await intercept(vcr)
        const headers = { authorization: 'Bearer ${KEY}' }
        const response = await fetch('https://api.openai.com/v1/models', { headers })
        expect(response).toBeInstanceOf(Response)
        const { data } = await response.json()
        const text = await new Promise((resolve, reject) => {
          https.get('https://api.openai.com/v1/models/gpt-4o-mini', { headers }, async (res) => {
            resolve((await res.toArray()).join(''))
          }).on('error', reject)
        })
        expect(data).toContainEqual(JSON.parse(text))
      })`,
  })
  const recorded = await record(project, 'npm test')
  expect(recorded.status, said(recorded)).toBe(0)
  const replayed = await project.run('npm test')
  expect(replayed.status, said(replayed)).toBe(0)
})

test('without a flag, CommonJS Jest suites are recorded and replayed by the command line', async () => {
  const project = await newProject({
    'package.json': '{}',
    'weather.js': commonJs(agent['weather.js']),
    'weather.test.js': `
      const { weather } = require('./weather.js')
      test('tells the weather', async () => {
        expect(await weather('Paris').catch(() => 'Paris')).toContain('Paris')
      })`,
  })
  const recorded = await record(project, 'npx openai-vcr record --cassette suite -- npx jest')
  expect(recorded.status, said(recorded)).toBe(0)
  expect(await project.cassettes()).toEqual(['suite'])
  const replay = 'npx openai-vcr replay --cassette suite -- npx jest'
  expect(await project.run(replay)).toMatchObject({ status: 0 })

  await project.edit('weather.js', 'What is the weather', 'How is the weather')
  const changed = await project.run(replay)
  expect(changed.status, 'a miss that the test swallowed').toBe(1)
  expect(changed.stderr).toContain('received: "How is the weather in Paris?"')
})

/** An ES module as Babel and ts-jest hand it to Jest. */
function commonJs(source: string): string {
  return source
    .replaceAll(/^import (.+) from (.+)$/gm, 'const $1 = require($2)')
    .replaceAll(/^export async function (\w+)/gm, 'exports.$1 = $1\nasync function $1')
}

/** Runs the command with an upstream that is gone afterwards. */
async function record(project: UserProject, command: string): Promise<Finished> {
  const upstream = await startStandIn()
  const env = { OPENAI_API_KEY: KEY, OPENAI_VCR_MODE: 'record', OPENAI_VCR_UPSTREAM: upstream.url }
  const run = await project.run(command, env)
  await upstream.close()
  return run
}

function said({ stdout, stderr }: Finished): string {
  return `${stdout}${stderr}`
}
