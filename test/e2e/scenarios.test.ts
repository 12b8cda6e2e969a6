import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { STAND_IN } from '../../scripts/rerecord/of-stand-in.ts'
import { type Scenario, SCENARIOS } from '../../scripts/rerecord/scenarios.ts'
import { intercept } from '../../src/adapters/msw.ts'
import { openCassette } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { startStandIn } from '../stand-in/start.ts'
import { type Finished, runProgram } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'

// The network is gone: whoever tries to leave this machine fails the test.
await import('../../examples/loopback-only.ts')

const dir = fileURLToPath(new URL('../../cassettes', import.meta.url))
const RERECORD = new URL('../../scripts/rerecord.ts', import.meta.url)
const KEY = 'sk-key-of-whoever-records-it'

const named = async (folder: string, suffix: string): Promise<string[]> =>
  (await readdir(folder)).filter((file) => file.endsWith(suffix)).map((file) => path.basename(file, suffix))

const cassettes = await named(dir, '.yaml')

test('each scenario has a cassette, what it gave, and a line in the README; none of these is without one', async () => {
  const scripts = fileURLToPath(new URL('../../scripts', import.meta.url))
  const readme = await readFile(path.join(scripts, 'README.md'), 'utf8')
  const scenarios = Object.keys(SCENARIOS).toSorted()
  expect(cassettes.toSorted()).toEqual(scenarios)
  expect((await named(path.join(dir, 'results'), '.json')).toSorted()).toEqual(scenarios)
  expect((await named(path.join(scripts, 'scenarios'), '.ts')).toSorted()).toEqual(scenarios)
  const listed = [...readme.matchAll(/^\| \[([\w-]+)\]\(scenarios\/\1\.ts\) \|/gm)].map(([, name]) => name)
  expect(listed).toEqual(Object.keys(SCENARIOS))
})

type Run = Scenario['run']
/** Replays a cassette, all of it; gives what the scenario gave. */
type Way = (cassette: string, run: Run) => Promise<unknown>

const throughFetch: Way = async (cassette, run) => {
  await using vcr = await openCassette(cassette, { dir, strictUnused: true })
  return await run(new OpenAI({ apiKey: 'none', fetch: vcr.fetch }))
}

const throughMsw: Way = async (cassette, run) => {
  await using vcr = await openCassette(cassette, { dir, strictUnused: true })
  await using _ = await intercept(vcr)
  return await run(new OpenAI({ apiKey: 'none' }))
}

const throughServer =
  (isOverTls: boolean): Way =>
  async (cassette, run) => {
    const secure = isOverTls ? { tls: true as const } : {}
    const server = await startServer({ dir, cassette, repeat: 'error', strictUnused: true, ...secure })
    onTestFinished(async () => void (await server.close({ keep: false })))
    if (server.certificate !== undefined) await trust(server.certificate)
    const result = await run(new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1` }))
    await server.close()
    return result
  }

for (const cassette of cassettes) {
  // What holds a WebSocket is played by those that have WebSockets: vcr.fetch has none, and the SDK insists on TLS.
  const text = await readFile(path.join(dir, `${cassette}.yaml`), 'utf8')
  const talks = text.includes('upgrade: websocket')
  const ways: Readonly<Record<string, Way>> = {
    ...(talks ? {} : { 'vcr.fetch': throughFetch }),
    MSW: throughMsw,
    'the server': throughServer(talks),
  }
  for (const [way, play] of Object.entries(ways)) {
    test(`the cassette '${cassette}' gives its scenario through ${way} all that the upstream gave it`, async () => {
      const recorded = JSON.parse(
        await readFile(path.join(dir, 'results', `${cassette}.json`), 'utf8'),
      ) as unknown
      const played = await play(cassette, (SCENARIOS[cassette] as Scenario).run)
      expect(JSON.parse(JSON.stringify(played))).toStrictEqual(recorded)
    })
  }
}

test('recorded anew from the stand-in, the cassettes are those that are here', async () => {
  const fresh = await tempDir()
  const { status, stdout, stderr } = await rerecord(['--to', fresh])
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/^\d+ scenarios, \d+ interactions; \d+ cassettes written, 0 failed$/m)
  const [here, anew] = [await filesOf(dir), await filesOf(fresh)]
  // Those that somebody recorded from the real API are not to be had from the stand-in.
  const isReal = (name: string): boolean =>
    here[`${name}.yaml`]?.includes(`\nupstream: ${STAND_IN}\n`) !== true
  const real = cassettes.filter(isReal)
  for (const name of real)
    for (const files of [here, anew])
      for (const file of [`${name}.yaml`, `results/${name}.json`]) delete files[file]
  if (real.length === 0) expect(Object.keys(anew)).toEqual(Object.keys(here))
  for (const [file, content] of Object.entries(anew)) expect(here[file], file).toBe(content)
})

test('what is recorded twice from the stand-in is left as it is', async () => {
  const fresh = await tempDir()
  await rerecord(['--to', fresh, 'audio', 'realtime'])
  const before = await filesOf(fresh)
  const { stdout } = await rerecord(['--to', fresh, 'audio', 'realtime'])
  expect(stdout).toContain('audio: 2 interactions from the stand-in, the same as before\n')
  expect(stdout).toContain('2 scenarios, 3 interactions; 0 cassettes written, 0 failed\n')
  expect(await filesOf(fresh)).toEqual(before)
})

test('with a key the API is asked, but for what it does not do at will; the key is in no file', async () => {
  const [fresh, api] = [await tempDir(), await startStandIn()]
  onTestFinished(api.close)
  const args = ['--to', fresh, '--upstream', api.url, '--yes', 'chat', 'errors', 'rate-limit']
  const { status, stdout, stderr } = await rerecord(args, { OPENAI_API_KEY: KEY })
  expect(status, stderr).toBe(0)
  expect(stderr).toMatch(/^2 scenarios at http:\/\/127\S+, about \d\.\d\d USD at most$/m)
  expect(stdout).toMatch(/^chat: 2 interactions from http:\/\/127\S+/m)
  expect(stdout).toContain('rate-limit: 3 interactions from the stand-in\n')
  expect(api.requests.map(({ headers }) => headers.authorization)).toContain(`Bearer ${KEY}`)
  expect(api.requests).toHaveLength(5)
  const files = await filesOf(fresh)
  expect(files['chat.yaml']).toContain(`\nupstream: ${api.url}\n`)
  expect(files['rate-limit.yaml']).toContain(`\nupstream: ${STAND_IN}\n`)
  expect(Object.values(files).join('')).not.toContain(KEY)
})

test.each([
  ['under CI', [], { CI: 'true' }, 'nothing is recorded under CI'],
  ['a scenario that nobody knows', ['chatt'], {}, "there is no scenario 'chatt'; did you mean 'chat'?"],
  ['the real API with nobody there to ask', [], { OPENAI_API_KEY: KEY }, 'no terminal to ask at: give --yes'],
])('%s is refused, with nothing recorded', async (_, args, env, why) => {
  const fresh = await tempDir()
  const { status, stdout, stderr } = await rerecord(['--to', fresh, ...args], env)
  expect(status).toBe(2)
  expect(stderr).toContain(why)
  expect(stdout).toBe('')
  expect(await filesOf(fresh)).toEqual({})
})

test('a scenario that fails leaves its cassette as it was, and the others are recorded', async () => {
  const fresh = await tempDir()
  await rerecord(['--to', fresh, 'chat'])
  const before = await filesOf(fresh)
  const gone = await startStandIn()
  await gone.close()
  const args = ['--to', fresh, '--upstream', gone.url, '--yes', 'chat', 'rate-limit']
  const { status, stdout, stderr } = await rerecord(args, { OPENAI_API_KEY: KEY })
  expect(status).toBe(1)
  expect(stdout).toContain('chat: not recorded, what was there stays\n')
  expect(stdout).toContain('1 scenario, 3 interactions; 1 cassette written, 1 failed\n')
  expect(stderr).toContain('Connection error')
  expect(await filesOf(fresh)).toMatchObject(before)
})

function rerecord(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  return runProgram(RERECORD, args, env)
}

/** By path, but for the examples'; in cassettes without the day, which alone changes. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = all
    .filter((each) => each.isFile())
    .map((each) => path.relative(folder, path.join(each.parentPath, each.name)))
    .filter((file) => /^(?:[^/]+\.yaml|results\/.*|blobs\/.*)$/.test(file))
    .toSorted()
  const contents = files.map(async (file): Promise<[string, string]> => {
    const text = await readFile(path.join(folder, file), 'latin1')
    return [file, file.endsWith('.yaml') ? text.replace(/^recordedAt: .*$/m, '') : text]
  })
  return Object.fromEntries(await Promise.all(contents))
}

/** What NODE_EXTRA_CA_CERTS does when a process starts. */
async function trust(certificate: string): Promise<void> {
  const ca = await readFile(certificate, 'utf8')
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca])
}
