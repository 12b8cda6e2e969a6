import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { type MatcherOptions, openCassette } from '../../src/index.ts'
import { runCli, startCli } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import { recordedBodies } from './recorded.ts'

const post = (body: object, headers = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

test('a header that is named counts, and is recorded for it', async () => {
  const upstream = await localUpstream(async (req, res) => void res.end(req.headers['x-tenant']))
  const dir = await tempDir()
  const matchers: MatcherOptions = { headers: ['X-Tenant'] }
  const ask = async (mode: 'record' | 'replay', tenants: readonly string[]): Promise<string[]> => {
    await using vcr = await openCassette('c', { mode, dir, upstream: upstream.url, matchers })
    const texts = []
    for (const tenant of tenants) {
      const response = await vcr.fetch('https://api.openai.com/v1/x', post({}, { 'x-tenant': tenant }))
      texts.push(response.status === 200 ? await response.text() : String(response.status))
    }
    return texts
  }
  await ask('record', ['a', 'b'])
  expect(await ask('replay', ['b', 'a', 'c'])).toEqual(['b', 'a', '404'])
})

test('rules that make two recorded requests equal are told of, and both are answered in their order', async () => {
  const dir = await recordedBodies({ m: 'on 2026-11-22' }, { m: 'on 2026-11-23' }, { m: 'another' })
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  await using vcr = await openCassette('c', { dir, matchers: { volatile: ['dates'] } })
  expect(warned.mock.calls.map(([text]) => text)).toEqual([
    expect.stringContaining("the matcher rules make interactions 1 of 'c' and 2 of 'c' equal"),
  ])
  warned.mockRestore()
  const ask = async (): Promise<string> =>
    (await vcr.fetch('https://api.openai.com/v1/x', post({ m: 'on 2030-01-01' }))).text()
  expect([await ask(), await ask()]).toEqual([expect.stringContaining('-22'), expect.stringContaining('-23')])
})

test('a recording merges into its file by the same rules', async () => {
  const dir = await recordedBodies({ m: 'on 2026-11-22' })
  const upstream = await localUpstream((_req, res) => void res.end('new'))
  await using vcr = await openCassette('c', {
    mode: 'record-missing',
    dir,
    upstream: upstream.url,
    matchers: { volatile: ['dates'] },
  })
  expect(
    await (await vcr.fetch('https://api.openai.com/v1/x', post({ m: 'on 2030-01-01' }))).text(),
  ).toContain('answer to')
  expect(await (await vcr.fetch('https://api.openai.com/v1/x', post({ m: 'else' }))).text()).toBe('new')
  expect(await vcr.close()).toMatchObject({ added: 1 })
})

test('a directory’s configuration holds for all its cassettes, or for those that it names', async () => {
  const dir = await recordedBodies({ n: 1, id: 'a' })
  const configure = (config: object): Promise<void> =>
    writeFile(path.join(dir, 'openai-vcr.config.json'), JSON.stringify(config))
  const ask = async (body: object, options = {}): Promise<number> => {
    await using vcr = await openCassette('c', { dir, ...options })
    return (await vcr.fetch('https://api.openai.com/v1/x', post(body))).status
  }
  const ignoring = { matchers: { ignore: ['$.id'] } }
  expect(await ask({ n: 1, id: 'b' })).toBe(404)
  await configure(ignoring)
  expect(await ask({ n: 1, id: 'b' })).toBe(200)
  expect(await ask({ n: 2, id: 'b' }, { matchers: { ignore: ['$.n'] } })).toBe(200)
  await configure({ cassettes: { 'c*': ignoring } })
  expect(await ask({ n: 1, id: 'b' })).toBe(200)
  await configure({ cassettes: { 'other/*': ignoring } })
  expect(await ask({ n: 1, id: 'b' })).toBe(404)
  const server = await startCli(['--cassettes', dir, '--cassette', 'c', '--ignore', '$.id'])
  expect((await fetch(`${server.url}/v1/x`, post({ n: 1, id: 'b' }))).status).toBe(200)
})

test('a configuration that cannot be read is named with its place', async () => {
  const dir = await tempDir()
  const file = path.join(dir, 'openai-vcr.config.json')
  for (const [text, says] of [
    ['{', 'not valid JSON'],
    ['[]', `${file}: expected an object, such as { matchers: { volatile: ['dates'] } }, found an empty list`],
    ['{"matcher":{}}', `${file}: unknown option \`matcher\`; did you mean \`matchers\`?`],
    [
      '{"matchers":{"ignore":["id"]}}',
      `${file}: option \`matchers.ignore[0]\`: expected a JSON path, such as`,
    ],
    ['{"cassettes":{"a":{"x":1}}}', 'unknown option `cassettes.a.x`; expected one of `matchers`, '],
    ['{"cassettes":{"a.yaml":{}}}', "option `cassettes['a.yaml']`: expected a name, such as"],
    [
      '{"matchers":{"normalize":[{"match":{"pattern":"a"},"as":"b"}]}}',
      'found an object with `pattern`; JSON cannot contain functions and regular expressions: use openai-vcr.config.ts',
    ],
  ] as const) {
    await writeFile(file, text)
    const { status, stderr } = await runCli(['serve', '--port', '0', '--cassettes', dir])
    expect([status, stderr]).toEqual([2, expect.stringContaining(says)])
  }
})

test('rules on the command line are checked at the start', async () => {
  const dir = await tempDir()
  for (const [args, says] of [
    [['--ignore', 'id'], "--ignore: expected a JSON path, such as '$.messages[*].name', found 'id'"],
    [['--volatile', 'dates,ids'], "--volatile: expected 'dates', 'uuids', 'paths' or 'ports', found 'ids'"],
    [['--match-header', ''], "--match-header: expected the name of a header, such as 'x-tenant', found ''"],
  ] as const) {
    const { status, stderr } = await runCli(['serve', '--port', '0', '--cassettes', dir, ...args])
    expect([status, stderr]).toEqual([2, expect.stringContaining(says)])
  }
})
