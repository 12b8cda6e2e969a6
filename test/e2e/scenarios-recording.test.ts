import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type OpenAI from 'openai'
import { expect, onTestFinished, test, vi } from 'vitest'
import { STAND_IN } from '../../scripts/rerecord/of-stand-in.ts'
import { rerecord as recordScenarios } from '../../scripts/rerecord/all.ts'
import { type From, record } from '../../scripts/rerecord/record.ts'
import { startStandIn } from '../stand-in/start.ts'
import { type Finished, worldOf } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'

const dir = fileURLToPath(new URL('../../cassettes', import.meta.url))
const KEY = 'sk-key-of-whoever-records-it'

test('recorded anew from the stand-in, the cassettes are those that are here', async () => {
  const fresh = await tempDir()
  const { status, stdout, stderr } = await rerecord(['--to', fresh])
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/^\d+ scenarios, \d+ interactions; \d+ cassettes written, 0 failed$/m)
  const [here, anew] = [await filesOf(dir), await filesOf(fresh)]
  // Those that somebody recorded from the real API are not to be had from the stand-in.
  const isReal = (name: string): boolean =>
    here[`${name}.yaml`]?.includes(`\nupstream: ${STAND_IN}\n`) !== true
  const real = Object.keys(here)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace('.yaml', ''))
    .filter(isReal)
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
  // It has new ids each time, other words, and takes its time, as the real one.
  const [fresh, api] = [await tempDir(), await startStandIn({ fresh: true, words: true, polls: 3 })]
  onTestFinished(api.close)
  const { status, stdout, stderr } = await rerecord(['--to', fresh, '--upstream', api.url, '--yes'], {
    OPENAI_API_KEY: KEY,
  })
  expect(status, stderr).toBe(0)
  expect(stderr).toMatch(/^18 scenarios at http:\/\/127\S+, about 0\.05 USD at most$/m)
  expect(stdout).toMatch(/^chat: 2 interactions from http:\/\/127\S+, 0\.0\d\d\d USD$/m)
  expect(stdout).toContain('rate-limit: 3 interactions from the stand-in\n')
  expect(stdout).toMatch(/; 19 cassettes written, 0 failed; at least 0\.0\d\d\d USD$/m)
  const callers = new Set(api.requests.map(({ headers }) => headers.authorization))
  expect([...callers]).toEqual([`Bearer ${KEY}`, expect.stringMatching(/^Bearer sk-bad-key/)])
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

test('a recording that replays otherwise is not kept', async () => {
  const [fresh, from] = [await tempDir(), await fromStandIn()]
  let asked = 0
  const run = async (client: OpenAI) => ({ id: (await client.models.retrieve('gpt-4')).id, asked: ++asked })
  await expect(record('fickle', { run, usd: 0 }, from, fresh)).rejects.toThrow(
    'it gave {"id":"gpt-4","asked":1}, and from its cassette {"id":"gpt-4","asked":2}',
  )
  expect(await filesOf(fresh)).toEqual({})
})

test('a recording that broke off is not kept, though the scenario is content', async () => {
  const [fresh, from] = [await tempDir(), await fromStandIn()]
  const run = async (client: OpenAI) => {
    const stream = await client.responses.create({ model: 'gpt-5-mini', input: 'Hi', stream: true })
    for await (const { type } of stream) return type
    return undefined
  }
  await expect(record('hasty', { run, usd: 0 }, from, fresh)).rejects.toThrow(
    'POST /v1/responses was dropped',
  )
  expect(await filesOf(fresh)).toEqual({})
})

test('a large body that the new recording does not need goes with the old one', async () => {
  const [fresh, from] = [await tempDir(), await fromStandIn()]
  const saying = (input: string) => async (client: OpenAI) => {
    const spoken = await client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'coral', input })
    return (await spoken.arrayBuffer()).byteLength
  }
  const blobs = async () => Object.keys(await filesOf(fresh)).filter((file) => file.startsWith('blobs/'))
  await record('voice', { run: saying('one'), usd: 0 }, from, fresh)
  const before = await blobs()
  const { isNew } = await record('voice', { run: saying('two'), usd: 0 }, from, fresh)
  expect(isNew).toBe(true)
  expect(before).toHaveLength(1)
  expect(await blobs()).toHaveLength(1)
  expect(await blobs()).not.toEqual(before)
})

async function fromStandIn(): Promise<From> {
  const { url, close } = await startStandIn()
  onTestFinished(close)
  return { upstream: url, apiKey: 'no-real-key', isStandIn: true }
}

async function rerecord(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const { world, output } = worldOf(env)
  const status = await recordScenarios(args, world)
  vi.unstubAllEnvs()
  return { status, ...output }
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
