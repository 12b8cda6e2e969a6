import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { parseExpires } from '../../src/cassette/expiry.ts'
import { isCi } from '../../src/engine/modes.ts'
import { expiryOf } from '../../src/vcr/options/config.ts'
import { openLibrary } from '../../src/vcr/open-library.ts'
import { systemClock } from '../../src/node/clock.ts'
import {
  CassetteError,
  type CassetteOptions,
  type Expires,
  openCassette,
  UsageError,
} from '../../src/index.ts'
import { readConfig } from '../../src/vcr/options/config-file.ts'
import { startServer } from '../../src/server/start.ts'
import { post } from '../contract/talking.ts'
import { interaction, json } from '../contract/written.ts'
import { answererOf, compositionOf } from '../support/composition.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const CHAT = 'https://api.openai.com/v1/chat/completions'
const COSTS = { usd: 0.01 }

beforeEach(() => {
  for (const name of ['CI', 'OPENAI_VCR_MODE', 'USE_REAL_OPENAI', 'OPENAI_API_KEY', 'AZURE_OPENAI_API_KEY'])
    vi.stubEnv(name, '')
})
afterEach(() => void vi.unstubAllEnvs())

/** A cassette `old` of 2020, in which one answer was added a month later. */
async function written(expires?: Expires): Promise<string> {
  const dir = await tempDir()
  const says = expires === undefined ? '' : `expires: ${JSON.stringify(expires)}\n`
  const later = interaction('{"n":2}', json('{"answer":2}')).replace(
    '  - ',
    '  - recordedAt: 2020-02-01\n    ',
  )
  const text = `version: 1\nupstream: https://api.openai.com\nrecordedAt: 2020-01-01\n${says}interactions:\n${interaction('{"n":1}', json('{"answer":1}'))}${later}...\n`
  await writeFile(path.join(dir, 'old.yaml'), text)
  return dir
}

/** Opens it as a replay of that day would, and says what the user is told. */
async function toldOn(today: string, expires: Expires, dir: string): Promise<string[]> {
  const heard: string[] = []
  const composition = compositionOf(dir, 'replay', {
    clock: { ...systemClock, today: () => today },
    warn: (text) => heard.push(text),
  })
  const expiry = { of: () => parseExpires(expires), keptAs: 'a test says so' }
  await openLibrary('old', { ...composition, expiry }, '')
  return heard
}

/** Opens it for real, and says what the user is told. */
async function told(options: CassetteOptions): Promise<string[]> {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const vcr = await openCassette('old', options)
  await vcr.close()
  return warned.mock.calls.map(([text]) => String(text))
}

test('an expired cassette is reported with its age, its limit and the command, once in a run', async () => {
  const dir = await written()
  expect(await toldOn('2020-01-31', '30d', dir)).toEqual([])
  const file = path.join(dir, 'old.yaml')
  expect(await toldOn('2020-02-02', '30d', dir)).toEqual([
    `cassette 'old' (${file}) was recorded on 2020-01-01, 32 days ago, and expires after 30 days. To re-record it: npx openai-vcr rerecord old --cassettes ${dir}`,
  ])
  expect(await toldOn('2020-02-02', '30d', dir)).toEqual([])
  expect(await toldOn('2020-02-03', '30d', dir)).toHaveLength(1)
})

test('a cassette is as old as the oldest of its recordings', async () => {
  const dir = await written()
  const file = path.join(dir, 'old.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace('2020-01-01', '2020-03-01'))
  expect(await toldOn('2020-03-03', '30d', dir)).toEqual([
    expect.stringContaining('has interactions recorded on 2020-02-01, 31 days ago'),
  ])
})

test('nothing is said where nobody says how old it may grow, and nothing where it never expires', async () => {
  expect(await told({ dir: await written() })).toEqual([])
  expect(await told({ dir: await written('30d'), expires: 'never' })).toEqual([])
})

test('an expired cassette with the action fail is not replayed, and the error says why and what to do', async () => {
  const dir = await written()
  const opening = openCassette('old', { dir, expires: { after: '1y', action: 'fail' } })
  await expect(opening).rejects.toThrow(CassetteError)
  await expect(opening).rejects.toThrow(
    /^cassette 'old' \(.*old\.yaml\) was recorded on 2020-01-01, \d+ days ago, and expires after 1 year\. To re-record it: npx openai-vcr rerecord old/,
  )
})

test('a mode that does not read it asks nobody how old it is', async () => {
  const expires = { after: '0d', action: 'fail' } as const
  for (const mode of ['record', 'live'] as const)
    expect(await told({ dir: await written(expires), mode, expires })).toEqual([])
  for (const mode of ['record-missing', 'once'] as const)
    await expect(openCassette('old', { dir: await written(expires), mode })).rejects.toThrow(CassetteError)
})

test('the code goes before the file, that before the name in the configuration, that before all', async () => {
  const dir = await tempDir()
  const says = { expires: '1y', cassettes: { 'a/*': { expires: '2d' }, 'a/b*': { expires: 'never' } } }
  await writeFile(path.join(dir, 'openai-vcr.config.json'), JSON.stringify(says))
  const config = await readConfig(dir, (text) => text)
  const after = (name: string, own?: Expires, code?: Expires): unknown =>
    expiryOf(config, name, { chosen: code === undefined ? undefined : parseExpires(code), own })?.after
  expect(after('c')).toEqual({ count: 1, unit: 'y' })
  expect(after('a/c')).toEqual({ count: 2, unit: 'd' })
  expect(after('a/bc')).toBeUndefined()
  expect(after('a/bc', '3d')).toEqual({ count: 3, unit: 'd' })
  expect(after('a/bc', '3d', '4d')).toEqual({ count: 4, unit: 'd' })
  expect(expiryOf({}, 'c', { own: undefined })).toBeUndefined()
})

test.for([
  [{ expires: '30h' }, 'openai-vcr.config.json: option `expires`: expected an age'],
  [{ cassettes: { a: { expires: { after: 1 } } } }, 'option `cassettes.a.expires.after`: expected an age'],
  [
    { budget: { usd: -1 } },
    'openai-vcr.config.json: option `budget.usd`: expected an amount of US dollars from 0, such as 0.01, found -1',
  ],
] as const)('a configuration that says %j is refused with its place', async ([says, message]) => {
  const dir = await tempDir()
  await writeFile(path.join(dir, 'openai-vcr.config.json'), JSON.stringify(says))
  await expect(readConfig(dir, (text) => text)).rejects.toThrow(message)
})

test('an option that is no age is refused', async () => {
  await expect(openCassette('old', { expires: '30h' })).rejects.toThrow(UsageError)
  await expect(openCassette('old', { expires: '30h' })).rejects.toThrow(
    /^option `expires`: expected an age .*, found '30h'$/,
  )
})

test('with a key and a budget an expired cassette is re-recorded, and keeps its `expires`', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'sk-any')
  const dir = await written({ after: '30d', action: 'rerecord' })
  const upstream = await localUpstream((_, res) => res.end('{"answer":"new"}'))
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const vcr = await openCassette('old', { dir, upstream: upstream.url, budget: COSTS })
  expect(vcr.mode).toBe('record')
  // Adapters catch what goes there, as in a replay.
  expect(answererOf(vcr).hosts).toContain(new URL(upstream.url).host)
  expect(await (await vcr.fetch(CHAT, post({ n: 1 }))).json()).toEqual({ answer: 'new' })
  expect(await vcr.close()).toMatchObject({ removed: 2, added: 1, written: true })
  expect(warned.mock.calls[0]?.[0]).toMatch(
    /expires after 30 days\. It is re-recorded now, which sends requests to the API and costs money, but no more than the budget/,
  )
  const text = await readFile(path.join(dir, 'old.yaml'), 'utf8')
  expect(text).toContain('expires:\n  after: 30d\n  action: rerecord\n')
  expect(text).not.toContain('2020-')
  warned.mockClear()
  const again = await openCassette('old', { dir, upstream: upstream.url, budget: COSTS })
  expect([again.mode, upstream.asked(), warned.mock.calls]).toEqual(['replay', 1, []])
  await again.close()
})

test('a re-recording that is discarded leaves the old recording', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'sk-any')
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const dir = await written({ after: '30d', action: 'rerecord' })
  const before = await readFile(path.join(dir, 'old.yaml'), 'utf8')
  const upstream = await localUpstream((_, res) => res.end('{"answer":"new"}'))
  const vcr = await openCassette('old', { dir, upstream: upstream.url, budget: COSTS })
  await (await vcr.fetch(CHAT, post({ n: 1 }))).text()
  await vcr.close({ keep: false })
  expect(await readFile(path.join(dir, 'old.yaml'), 'utf8')).toBe(before)
})

interface Kept {
  readonly env?: Readonly<Record<string, string>>
  readonly options?: CassetteOptions
  readonly why: string
}

const KEPT: readonly Kept[] = [
  { env: { CI: '1' }, why: 'this is a CI run' },
  { env: { OPENAI_API_KEY: '' }, why: 'OPENAI_API_KEY is not set' },
  { env: { OPENAI_VCR_MODE: 'replay' }, why: 'OPENAI_VCR_MODE is set' },
  { options: { mode: 'replay' }, why: "the mode is 'replay'" },
]

test.for(KEPT)(
  'nothing is re-recorded automatically, because $why',
  async ({ env = {}, options = {}, why }) => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-any')
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    expect(isCi(process.env)).toBe(env['CI'] !== undefined)
    const dir = await written({ after: '30d', action: 'rerecord' })
    expect(await told({ dir, budget: COSTS, ...options })).toEqual([
      expect.stringMatching(
        new RegExp(`It is not re-recorded automatically: ${why}\\. To re-record it: npx`),
      ),
    ])
  },
)

test('nothing is re-recorded automatically without a budget, which the configuration may set too', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'sk-any')
  const dir = await written({ after: '30d', action: 'rerecord' })
  expect(await told({ dir })).toEqual([expect.stringContaining("automatically: no 'budget'")])
  await writeFile(path.join(dir, 'openai-vcr.config.json'), '{"budget":{"tokens":100}}')
  vi.mocked(process.emitWarning).mockClear()
  expect(await told({ dir })).toEqual([expect.stringContaining('It is re-recorded now')])
})

test('a server re-records nothing automatically, and does not start with an expired cassette that is to fail', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'sk-any')
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const dir = await written({ after: '30d', action: 'rerecord' })
  const server = await startServer({ dir, budget: COSTS })
  onTestFinished(async () => void (await server.close()))
  expect(warned.mock.calls.map(([text]) => text)).toEqual([
    expect.stringContaining('automatically: a server does not know when a run is complete. To re-record it'),
  ])
  const expires = { after: '30d', action: 'fail' } as const
  await expect(startServer({ dir, expires })).rejects.toThrow(/'old'.* was recorded on 2020-01-01/)
  await expect(startServer({ dir, expires, cassette: 'old' })).rejects.toThrow(CassetteError)
})
