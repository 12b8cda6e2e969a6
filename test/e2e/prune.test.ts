import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Finished, runCli, startCli } from '../support/cli.ts'
import { asking, program } from '../support/programs.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

/** The big answers stand in blobs/. */
const blob = (text: string): Buffer => Buffer.alloc(5000, text)
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const asked = (n: number, answer: string): string =>
  `  - request:\n      method: POST\n      path: /v1/chat/completions\n      body:\n        json: |\n          {"n": ${n}}\n    response:\n      status: 200\n      body:\n        ${answer}\n`

async function cassettes(files: Record<string, string>): Promise<string> {
  const dir = await tempDir()
  const head = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2026-01-02\ninteractions:\n'
  for (const [name, interactions] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true })
    await writeFile(path.join(dir, `${name}.yaml`), `${head}${interactions}...\n`)
  }
  return dir
}

const texts = (...numbers: number[]): string => numbers.map((n) => asked(n, `text: answer ${n}`)).join('')

/** Replays these requests and writes the run's report. */
async function reported(
  dir: string,
  numbers: readonly number[],
  more: readonly string[] = [],
): Promise<{ report: string; result: Finished }> {
  const report = path.join(await tempDir(), 'played.json')
  const args = ['replay', '--cassettes', dir, '--report', report, ...more, '--']
  const result = await runCli([...args, ...(await program(asking(numbers)))])
  return { report, result }
}

const prune = (dir: string, ...args: string[]): Promise<Finished> =>
  runCli(['prune', '--cassettes', dir, ...args])
const text = (dir: string, name: string): Promise<string> => readFile(path.join(dir, `${name}.yaml`), 'utf8')

test('prune lists what a run did not play, and removes it with --yes', async () => {
  const dir = await cassettes({ one: texts(1, 2, 3), 'a/two': texts(4, 5) })
  const { report, result } = await reported(dir, [1, 3, 4, 5])
  expect(result.status, result.stderr).toBe(0)
  const listed = await prune(dir, '--report', report, '--dry-run')
  expect(listed).toMatchObject({
    status: 0,
    stdout: `${path.join(dir, 'one.yaml')}: 1 of 3 interactions never played\n  2. POST /v1/chat/completions (200)\n`,
  })
  expect(await text(dir, 'one')).toContain('answer 2')
  const untouched = await text(dir, 'a/two')
  const pruned = await prune(dir, '--report', report, '--yes')
  expect(pruned.status, pruned.stderr).toBe(0)
  expect(pruned.stderr).toContain(`removed 1 interaction from ${path.join(dir, 'one.yaml')}`)
  const left = await text(dir, 'one')
  expect([1, 2, 3].map((n) => left.includes(`answer ${n}`))).toEqual([true, false, true])
  expect(await text(dir, 'a/two')).toBe(untouched)
  const again = await reported(dir, [1, 3, 4, 5])
  expect(again.result.status).toBe(0)
  expect((await prune(dir, '--report', again.report, '--yes')).stderr).toContain('nothing to remove')
})

test('of equal requests the ones that were not asked for go', async () => {
  const dir = await cassettes({ one: asked(1, 'text: first') + texts(2) + asked(1, 'text: second') })
  const { report } = await reported(dir, [1, 2])
  expect((await prune(dir, '--report', report, '--yes')).status).toBe(0)
  const left = await text(dir, 'one')
  expect([left.includes('first'), left.includes('second')]).toEqual([true, false])
})

test('with several reports, what any run played stays', async () => {
  const dir = await cassettes({ one: texts(1, 2, 3) })
  const runs = [await reported(dir, [1]), await reported(dir, [3])]
  await prune(dir, '--report', ...runs.map(({ report }) => report), '--yes')
  const left = await text(dir, 'one')
  expect([1, 2, 3].map((n) => left.includes(`answer ${n}`))).toEqual([true, false, true])
})

test('prune asks for confirmation, and removes nothing without a terminal', async () => {
  const dir = await cassettes({ one: texts(1, 2) })
  const { report } = await reported(dir, [1])
  const before = await text(dir, 'one')
  const result = await prune(dir, '--report', report)
  expect(result.status).toBe(2)
  expect(result.stderr).toContain('pass --yes')
  expect(result.stdout).toContain('1 of 2 interactions never played')
  expect(await text(dir, 'one')).toBe(before)
})

test('a cassette that changed since the run is left alone', async () => {
  const dir = await cassettes({ one: texts(1, 2), two: texts(3, 4) })
  const { report } = await reported(dir, [1, 3])
  const changed = (await text(dir, 'one')).replace('answer 1', 'answer one')
  await writeFile(path.join(dir, 'one.yaml'), changed)
  const result = await prune(dir, '--report', report, '--yes')
  expect(result.status).toBe(1)
  expect(result.stderr).toContain(`${path.join(dir, 'one.yaml')} has changed since the run`)
  expect(await text(dir, 'one')).toBe(changed)
  expect(await text(dir, 'two')).not.toContain('answer 4')
})

test('a cassette of which nothing would be left is deleted only when told yes', async () => {
  const dir = await cassettes({ one: texts(1), two: texts(2) })
  const { report } = await reported(dir, [1])
  const result = await prune(dir, '--report', report, '--yes')
  expect(result.status, result.stderr).toBe(0)
  expect(result.stderr).toContain(`deleted ${path.join(dir, 'two.yaml')}`)
  expect((await readdir(dir)).toSorted()).toEqual(['one.yaml'])
})

test('a cassette in no report stays unchanged, and is named', async () => {
  const dir = await cassettes({ one: texts(1, 2), other: texts(3) })
  const { report } = await reported(dir, [1], ['--cassette', 'one'])
  const result = await prune(dir, '--report', report, '--yes')
  expect(result.status).toBe(0)
  expect(result.stderr).toContain(
    `not in any report, so nothing is removed from: ${path.join(dir, 'other.yaml')}`,
  )
  expect(await text(dir, 'other')).toContain('answer 3')
})

test('bodies that no cassette names any more go, and those that one still names stay', async () => {
  const [shared, alone] = [blob('shared'), blob('alone')]
  const named = (bytes: Buffer): string => `blob: ${hashOf(bytes)}\n        size: 5000`
  const dir = await cassettes({
    one: texts(1) + asked(2, named(shared)) + asked(3, named(alone)),
    two: asked(4, named(shared)),
  })
  await mkdir(path.join(dir, 'blobs'))
  for (const bytes of [shared, alone]) await writeFile(path.join(dir, 'blobs', `${hashOf(bytes)}.bin`), bytes)
  const { report } = await reported(dir, [1, 4])
  const result = await prune(dir, '--report', report, '--yes', '--json')
  expect(result.stderr).toContain('removed 1 file from blobs/')
  expect(JSON.parse(result.stdout)).toMatchObject({
    unplayed: [{ cassette: 'one', interactions: 3, unplayed: [{ position: 1 }, { position: 2 }] }],
    interactions: 2,
    blobs: [hashOf(alone)],
    left: 0,
  })
  expect(await readdir(path.join(dir, 'blobs'))).toEqual([`${hashOf(shared)}.bin`])
})

test('the report of a run that failed is not gone by', async () => {
  const dir = await cassettes({ one: texts(1, 2) })
  const report = path.join(await tempDir(), 'played.json')
  const args = ['replay', '--cassettes', dir, '--report', report, '--']
  expect((await runCli([...args, ...(await program(asking([1], 3)))])).status).toBe(3)
  const result = await prune(dir, '--report', report, '--yes')
  expect(result.status).toBe(2)
  expect(result.stderr).toContain('is the report of a run that failed')
  expect(await text(dir, 'one')).toContain('answer 2')
})

test('a file that is no report, or that is not there, is bad usage', async () => {
  const dir = await cassettes({ one: texts(1) })
  for (const [name, content, said] of [
    ['no.json', '{}', 'is not the report of a run'],
    ['new.json', '{"version":9,"cassettes":[]}', 'is a report of version 9'],
    ['cut.json', '{"version":1,"complete":true,"cassettes":[{"cassette":"one"}]}', 'is damaged'],
    ['absent.json', undefined, 'cannot read the report'],
  ] as const) {
    const file = path.join(await tempDir(), name)
    if (content !== undefined) await writeFile(file, content)
    const result = await prune(dir, '--report', file, '--yes')
    expect([result.status, result.stderr.includes(said)], result.stderr).toEqual([2, true])
  }
  expect((await prune(dir)).status).toBe(2)
})

test('a broken cassette is a finding, and does not keep the others from being pruned', async () => {
  const dir = await cassettes({ one: texts(1, 2), two: texts(3) })
  const { report } = await reported(dir, [1, 3])
  await writeFile(path.join(dir, 'two.yaml'), 'version: 1\n')
  const result = await prune(dir, '--report', report, '--yes')
  expect(result.status).toBe(1)
  expect(result.stderr).toContain('cut off')
  expect(await text(dir, 'one')).not.toContain('answer 2')
})

test('serve reports what all its sessions played, the ended ones and what it recorded included', async () => {
  const dir = await cassettes({ one: texts(1, 2, 3) })
  const report = path.join(await tempDir(), 'played.json')
  const upstream = await localUpstream(
    async (req, res) => void res.end(`new ${(await readAll(req)).toString()}`),
  )
  const mode = ['--mode', 'record-missing', '--upstream', upstream.url]
  const server = await startCli([...mode, '--cassettes', dir, '--cassette', 'one', '--report', report])
  const ask = async (session: string, n: number): Promise<unknown> =>
    (
      await fetch(`${server.url}/s/${session}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ n }),
      })
    ).text()
  await ask('x', 1)
  await fetch(`${server.url}/_vcr/sessions/x`, { method: 'DELETE' })
  await ask('y', 3)
  await ask('y', 4)
  expect(await server.stop(), server.output()).toBe(0)
  const told = JSON.parse(await readFile(report, 'utf8')) as {
    cassettes: { interactions: { played: boolean }[] }[]
  }
  expect(told).toMatchObject({ version: 1, complete: true, cassettes: [{ cassette: 'one' }] })
  expect(told.cassettes[0]?.interactions.map(({ played }) => played)).toEqual([true, false, true, true])
  expect((await prune(dir, '--report', report, '--yes')).status).toBe(0)
  const left = await text(dir, 'one')
  expect(['answer 1', 'answer 2', 'answer 3', 'new {'].map((part) => left.includes(part))).toEqual([
    true,
    false,
    true,
    true,
  ])
})

test('replay --strict-unused ends with 1 and the list where something was never asked for', async () => {
  const dir = await cassettes({ one: texts(1, 2, 3) })
  const strict = ['--cassette', 'one', '--strict-unused']
  const leftover = await reported(dir, [1], strict)
  expect(leftover.result.status).toBe(1)
  expect(leftover.result.stderr).toContain('2 recorded interactions were never played')
  expect(leftover.result.stderr).toContain("interaction 3 of 'one' (POST /v1/chat/completions)")
  expect(existsSync(leftover.report)).toBe(true)
  expect((await reported(dir, [1, 2, 3], strict)).result.status).toBe(0)
  const whole = await reported(dir, [1], ['--strict-unused'])
  expect([whole.result.status, whole.result.stderr.includes('--cassette')]).toEqual([2, true])
})
