import { once } from 'node:events'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import express from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { cassetteRouter } from '../../src/adapters/http/express.ts'
import { openCassette } from '../../src/index.ts'
import { runCli, spawnCli, spawnServer, startCli } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const GOOD = `version: 1
upstream: https://api.openai.com
recordedAt: 2026-01-02
interactions:
  - request:
      method: GET
      path: /v1/models
    response:
      status: 200
      headers: |
        content-type: application/json
      body:
        text: |-
          {
            "data": []
          }
...
`

async function holding(text: string): Promise<string> {
  const dir = await tempDir()
  await writeFile(path.join(dir, 'c.yaml'), text)
  return dir
}

const broken: Readonly<Record<string, readonly [text: string, ...says: (string | RegExp)[]]>> = {
  'is empty': ['', 'c.yaml: the file is empty'],
  'is of a later version': [
    GOOD.replace('version: 1', 'version: 7'),
    'c.yaml: has version 7',
    'update openai-vcr',
  ],
  'is cut off in a body': [
    GOOD.slice(0, GOOD.indexOf('"data"')),
    /c\.yaml:\d+: the file is cut off/,
    'record again',
  ],
  'is cut off between lines': [
    GOOD.slice(0, GOOD.indexOf('          }')),
    /c\.yaml:\d+: the file is cut off/,
  ],
  'contains a merge conflict': [
    GOOD.replace('      path', '<<<<<<< HEAD\n      path'),
    'c.yaml:7: contains a merge conflict',
  ],
  'is no YAML': [
    GOOD.replace('method: GET', 'method: "GET'),
    /c\.yaml:\d+: not valid YAML: [^\n:]*; restore it from version control or record again\n/,
  ],
  'lacks a field': [
    GOOD.replace('      status: 200\n', ''),
    'c.yaml:9: field `interactions[0].response.status`: expected a whole number from 100 to 599, such as 200, found nothing',
  ],
  'has a field of another kind': [
    GOOD.replace('status: 200', 'status: ok'),
    "c.yaml:9: field `interactions[0].response.status`: expected a whole number from 100 to 599, such as 200, found 'ok'",
  ],
  'has an unknown field': [
    GOOD.replace('status: 200', 'status: 200\n      tsatus: 1'),
    'c.yaml:10: unknown field `interactions[0].response.tsatus`; did you mean `status`?',
  ],
  'has an event without an offset': [
    GOOD.replace(/text: \|-[^]*\.\.\./, 'events: |\n          {"n":1}\n...'),
    "c.yaml:13: field `interactions[0].response.body.events`: event 1 must be 'OFFSET DATA'",
  ],
  'names a blob that is gone': [
    GOOD.replace(/text: \|-[^]*\.\.\./, `blob: ${'ab'.repeat(32)}\n        size: 9\n...`),
    `interaction 1 needs the body in blobs/${'ab'.repeat(32)}.bin, which is missing`,
  ],
}

for (const [what, [text, ...says]] of Object.entries(broken)) {
  test(`a cassette that ${what} is named with its place and the way out`, async () => {
    const dir = await holding(text)
    for (const args of [
      ['show', 'c'],
      ['list'],
      ['serve', '--port', '0'],
      ['serve', '--port', '0', '--mode', 'record-missing', '--cassette', 'c'],
    ]) {
      const { status, stderr } = await runCli([...args, '--cassettes', dir])
      expect([args[0], status]).toEqual([args[0], 1])
      for (const each of says) expect(stderr).toMatch(each)
    }
    expect(await readFile(path.join(dir, 'c.yaml'), 'utf8')).toBe(text)
  })
}

test('a good cassette lists and shows', async () => {
  const dir = await holding(GOOD)
  expect(await runCli(['list', '--cassettes', dir])).toMatchObject({
    status: 0,
    stdout: 'c  1 interaction  2026-01-02  https://api.openai.com\n',
  })
  const { stdout } = await runCli(['show', 'c', '--cassettes', dir])
  expect(stdout).toBe('1. GET /v1/models\n   200\n   ← body: {\n       "data": []\n     }\n')
  const listed = JSON.parse((await runCli(['list', '--json', '--cassettes', dir])).stdout) as {
    name: string
  }[]
  expect(listed.map(({ name }) => name)).toEqual(['c'])
  const shown = JSON.parse((await runCli(['show', 'c', '--json', '--cassettes', dir])).stdout) as {
    interactions: unknown[]
  }
  expect(shown.interactions).toHaveLength(1)
})

test('a cassette that is missing is named, with those that are there', async () => {
  const { status, stderr } = await runCli(['show', 'other', '--cassettes', await holding(GOOD)])
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(
      /there is no cassette 'other': .*other\.yaml does not exist\. The directory \S+ contains c\./,
    ),
  ])
})

test('among many cassettes the nearest is named, and not all of them', async () => {
  const dir = await tempDir()
  await mkdir(path.join(dir, 'suite'))
  for (let i = 0; i < 100; i++) await writeFile(path.join(dir, `suite/chat-${i}-weather.yaml`), GOOD)
  for (const args of [
    ['show', 'suite/chat-57-weathr'],
    ['stats', 'suite/chat-57-weathr.yaml'],
    ['diff', 'chat-57-weather', 'suite/chat-1-weather'],
    ['rerecord', 'suite/chat-57-wether', '--dry-run'],
  ]) {
    const { stderr } = await runCli([...args, '--cassettes', dir])
    expect(stderr).toContain("Did you mean 'suite/chat-57-weather'?\n")
    expect(stderr.length).toBeLessThan(500)
  }
  const { stderr } = await runCli(['show', 'else', '--cassettes', dir])
  expect(stderr).toMatch(/contains suite\/chat-0-weather, (?:\S+, ){4}and 95 more\.\n$/)
})

test('a directory with a broken cassette is not said to have none', async () => {
  const dir = await holding(GOOD.replace('status: 200', 'status: ok'))
  for (const args of [['list'], ['stats'], ['rerecord', '--dry-run']]) {
    const { stderr } = await runCli([...args, '--cassettes', dir])
    expect(stderr).toContain('c.yaml:9: ')
    expect(stderr).not.toContain('no cassettes')
    const empty = await runCli([...args, '--cassettes', await tempDir()])
    expect(empty.stderr).toContain('no cassettes')
  }
})

const usage: Readonly<Record<string, readonly [args: readonly string[], says: string]>> = {
  'an unknown flag': [
    ['serve', '--prot', '1'],
    'openai-vcr: unknown option `--prot`; did you mean `--port`?\nSee openai-vcr serve --help\n',
  ],
  'an unknown command': [
    ['sreve'],
    'openai-vcr: unknown command `sreve`; did you mean `serve`?\nSee openai-vcr --help\n',
  ],
  'an unknown mode': [
    ['serve', '--mode', 'reply'],
    "openai-vcr: --mode: expected 'replay', 'record-missing', 'once', 'record' or 'live', found 'reply'; did you mean 'replay'?\n",
  ],
  'a port that is none': [
    ['serve', '--port', '70000'],
    '--port: expected a whole number from 0 to 65535, such as 8080, found 70000',
  ],
  'a speed that is none': [
    ['serve', '--speed', 'fast'],
    "--speed: expected a number over 0, such as 2, found 'fast'",
  ],
  'a way to repeat that is none': [
    ['serve', '--repeat', 'often'],
    "--repeat: expected 'error', 'last' or 'cycle', found 'often'",
  ],
  'an upstream that is none': [
    ['serve', '--upstream', 'api.openai.com'],
    "--upstream: expected a URL, such as 'https://api.openai.com', found 'api.openai.com'",
  ],
  'an upstream with a key in it': [
    ['serve', '--upstream', 'https://me:hunter2hunter2@x.test'],
    '--upstream: expected a URL without user, query and fragment',
  ],
  'a pattern that is none': [
    ['serve', '--redact', '('],
    "--redact: expected a regular expression, such as 'cust_[a-z0-9]{8}', found '(': Invalid regular expression",
  ],
  'a cassette name that leaves the directory': [
    ['serve', '--cassette', '../x'],
    "--cassette: expected a name, such as 'weather' or 'agents/weather', found '../x': '..' begins with a dot",
  ],
  'a cassette name with the ending of its file': [
    ['replay', '--cassette', 'weather.yaml', '--', 'true'],
    "leave out '.yaml', which is the file extension: 'weather'",
  ],
  'a directory without a name': [
    ['list', '--cassettes', ''],
    "--cassettes: expected a directory, such as 'cassettes'",
  ],
  'a flag without its value': [['serve', '--port'], 'option `--port <n>` argument missing'],
  'nothing to run': [['record'], 'missing required argument `cmd`'],
}

for (const [what, [args, says]] of Object.entries(usage)) {
  test(`${what} is bad usage`, async () => {
    const { status, stderr, stdout } = await runCli(args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('hunter2')
  })
}

test('an unknown mode in the environment is bad usage', async () => {
  const { status, stderr } = await runCli(['serve'], { env: { OPENAI_VCR_MODE: 'rec' } })
  expect([status, stderr]).toEqual([2, expect.stringContaining("OPENAI_VCR_MODE: expected 'replay', ")])
})

test('a port in use is named', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  const { status, stderr } = await runCli(['serve', '--port', String(port), '--cassettes', await tempDir()])
  expect([status, stderr]).toEqual([2, expect.stringContaining(`port ${port} on 127.0.0.1 is in use`)])
})

test('a directory that is a file cannot be used, and is named', async () => {
  const file = path.join(await tempDir(), 'file')
  await writeFile(file, '')
  for (const mode of ['replay', 'record'] as const) {
    const { status, stderr } = await runCli(['serve', '--port', '0', '--mode', mode, '--cassettes', file])
    expect([mode, status]).toEqual([mode, 2])
    expect(stderr).toContain(` ${file}: `)
    await expect(openCassette('c', { mode, dir: file })).rejects.toThrow(
      /(?:it|a part of its path) is not a directory\. Choose another cassette directory \(the option dir, /,
    )
  }
})

/** Root may read and write anywhere: then somebody else tries. */
const somebody = process.getuid?.() === 0 ? { uid: 65_534 } : {}

test('a directory that cannot be read or written is named at the start', async () => {
  const dir = await tempDir()
  for (const [mode, rights] of [
    ['record', 0o555],
    ['replay', 0o000],
  ] as const) {
    await chmod(dir, rights)
    const { status, stderr } = await spawnCli(
      ['serve', '--port', '0', '--mode', mode, '--cassettes', dir],
      somebody,
    )
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(
        `cannot (read|write) ${dir}.*: permission denied. Choose another cassette directory \\(the option dir, --cassettes or OPENAI_VCR_CASSETTES\\)`,
      ),
    ])
  }
})

test('a directory that is lost while recording loses nothing that was recorded', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('precious'))
  const dir = path.join(await tempDir(), 'cassettes')
  await mkdir(dir)
  const server = await startCli(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
  await (await fetch(`${server.url}/v1/x`)).text()
  await rm(dir, { recursive: true })
  await writeFile(dir, 'a file now')
  expect(await server.stop()).toBe(1)
  const [, file] = /Nothing is lost: it was saved as (\S+\.yaml)/.exec(server.output()) ?? []
  expect(await readFile(file as string, 'utf8')).toContain('precious')
  await rm(path.dirname(file as string), { recursive: true })
})

test('a cassette that is broken while others are recorded loses nothing that was recorded', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('precious'))
  const dir = await holding(GOOD)
  const server = await startCli([
    '--mode',
    'record-missing',
    '--cassette',
    'c',
    '--cassettes',
    dir,
    '--upstream',
    upstream.url,
  ])
  await (await fetch(`${server.url}/v1/x`)).text()
  await writeFile(path.join(dir, 'c.yaml'), GOOD.replace('      path', '<<<<<<< HEAD\n      path'))
  expect(await server.stop()).toBe(1)
  expect(server.output()).toContain('contains a merge conflict')
  const [, file] = /Nothing is lost: it was saved as (\S+\.yaml)/.exec(server.output()) ?? []
  expect(await readFile(file as string, 'utf8')).toContain('precious')
  await rm(path.dirname(file as string), { recursive: true })
})

test('malformed JSON is matched as the text that it is, and a broken request line is refused', async () => {
  const upstream = await localUpstream(
    (_req, res) => void res.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{}}'),
  )
  const dir = await tempDir()
  const malformed = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"model": ' }
  const recording = await startCli(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
  expect((await fetch(`${recording.url}/v1/x`, malformed)).status).toBe(400)
  await recording.stop()
  const replaying = await startCli(['--cassettes', dir])
  expect((await fetch(`${replaying.url}/v1/x`, malformed)).status).toBe(400)
  expect((await fetch(`${replaying.url}/v1/x`, { ...malformed, body: '{"model":' })).status).toBe(404)
  expect((await fetch(`${replaying.url}/c/%E0%A4%A/v1/x`)).status).toBe(404)
})

test('an invalid HTTP status is passed on but not recorded, so the cassette stays readable', async () => {
  const upstream = await localUpstream(
    (req, res) => void res.writeHead(req.url === '/v1/odd' ? 799 : 200).end('answer'),
  )
  const dir = await tempDir()
  const recording = await startCli(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
  expect((await fetch(`${recording.url}/v1/odd`)).status).toBe(799)
  await (await fetch(`${recording.url}/v1/even`)).text()
  expect(await recording.stop()).toBe(0)
  expect(recording.output()).toContain('GET /v1/odd was not recorded: its status 799')
  const replaying = await startCli(['--cassettes', dir])
  expect(await (await fetch(`${replaying.url}/v1/even`)).text()).toBe('answer')
})

test('a request that names no usable cassette is told so, and the run still ends well', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('answer'))
  const dir = await tempDir()
  const server = await startCli(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
  expect((await fetch(`${server.url}/c/a:b/v1/x`)).status).toBe(400)
  expect(await (await fetch(`${server.url}/v1/x`)).text()).toBe('answer')
  expect(await server.stop()).toBe(0)
})

test('headers that are empty name no cassette and no session', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('answer'))
  const dir = await tempDir()
  const server = await startCli(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
  const headers = { 'x-vcr-cassette': '', 'x-vcr-session': '' }
  expect(await (await fetch(`${server.url}/v1/x`, { headers })).text()).toBe('answer')
  await server.stop()
  expect(await readFile(path.join(dir, 'default.yaml'), 'utf8')).toContain('path: /v1/x')
})

test('a body that a parser read first is refused, not recorded as empty', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('answer'))
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  const app = express()
    .use(express.json())
    .use(cassetteRouter(vcr))
    .use(((error: Error, _req, res, _next) => {
      res.status(500).send(error.message)
    }) satisfies express.ErrorRequestHandler)
  const server = app.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/x`
  const headers = { 'content-type': 'application/json' }
  const parsed = await fetch(url, { method: 'POST', headers, body: '{"n":1}' })
  expect(await parsed.text()).toContain('do not put a body parser before cassetteRouter')
  expect(await (await fetch(url)).text()).toBe('answer')
  expect((await vcr.close())?.added).toBe(1)
})

test('a reader that closes its end of the output breaks nothing off', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('answer'))
  const dir = await tempDir()
  const server = await spawnServer(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
  server.closeOutput()
  await (await fetch(`${server.url}/v1/x`)).text()
  expect(await server.stop()).toBe(0)
  expect(await readFile(path.join(dir, 'default.yaml'), 'utf8')).toContain('path: /v1/x')
})
