import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Finished, runCli, spawnCli } from '../support/cli.ts'
import { asking, program } from '../support/programs.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

const KEY = 'sk-proj-4f8Q1zR7xT2mW9vK3nB6yL0cD5hJ8sA1'

async function recorded(
  numbers: readonly number[],
  { status = 0, run = runCli }: { status?: number; run?: typeof runCli } = {},
): Promise<{ dir: string; result: Finished; asked: () => number; url: string }> {
  const dir = await tempDir()
  const upstream = await localUpstream(
    async (req, res) => void res.end(`answer to ${(await readAll(req)).toString()}`),
  )
  const args = ['record', '--cassettes', dir, '--cassette', 'run/one', '--upstream', upstream.url, '--']
  const result = await run([...args, ...(await program(asking(numbers, status)))], {
    env: { OPENAI_API_KEY: KEY },
  })
  return { dir, result, asked: upstream.asked, url: upstream.url }
}

test('record keeps what a command asked, and replay answers it with no key and no network', async () => {
  const { dir, result, asked } = await recorded([1, 2], { run: spawnCli })
  expect(result).toMatchObject({ status: 0, stdout: '200 answer to {"n":1}\n200 answer to {"n":2}\n' })
  expect(result.stderr).toContain(`recorded 2 interactions in ${path.join(dir, 'run/one.yaml')}`)
  expect(await readFile(path.join(dir, 'run/one.yaml'), 'utf8')).not.toContain(KEY)
  const replayed = await spawnCli([
    'replay',
    '--cassettes',
    dir,
    '--cassette',
    'run/one',
    '--',
    ...(await program(asking([1, 2]))),
  ])
  expect(replayed).toMatchObject({ status: 0, stdout: result.stdout })
  expect(asked()).toBe(2)
})

test('record keeps nothing when the command fails, and ends with its status', async () => {
  const { dir, result } = await recorded([1], { status: 7 })
  expect(result.status).toBe(7)
  expect(result.stderr).toContain('so its recording was discarded')
  expect(existsSync(path.join(dir, 'run/one.yaml'))).toBe(false)
})

test('record replaces a recording, and prints how many interactions were removed and added', async () => {
  const { dir, url } = await recorded([1, 2, 3])
  const args = ['record', '--cassettes', dir, '--cassette', 'run/one', '--upstream', url, '--']
  const { stderr } = await runCli([...args, ...(await program(asking([4])))])
  expect(stderr).toContain('recorded 1 interaction in')
  expect(stderr).toContain('replacing 3')
})

test('replay ends with 1 and the explanation when a request was never recorded', async () => {
  const { dir } = await recorded([1])
  const missed = await runCli([
    'replay',
    '--cassettes',
    dir,
    '--cassette',
    'run/one',
    '--',
    ...(await program(asking([5]))),
  ])
  expect(missed.status).toBe(1)
  expect(missed.stderr).toContain('$.n')
  expect(missed.stderr).toContain('npx openai-vcr record --cassette run/one -- ')
})

test("replay ends with the command's own status when that is not 0", async () => {
  const { dir } = await recorded([1])
  const failed = await runCli(['replay', '--cassettes', dir, '--', ...(await program(asking([5], 3)))])
  expect(failed.status).toBe(3)
})

test('replay looks in the whole directory when no cassette is named', async () => {
  const { dir } = await recorded([1])
  const replayed = await runCli(['replay', '--cassettes', dir, '--', ...(await program(asking([1])))])
  expect(replayed).toMatchObject({ status: 0, stdout: '200 answer to {"n":1}\n' })
})

test('a command that does not exist is bad usage', async () => {
  const { status, stderr } = await runCli([
    'replay',
    '--cassettes',
    await tempDir(),
    '--',
    'no-such-command-here',
  ])
  expect(status).toBe(2)
  expect(stderr).toContain("cannot run 'no-such-command-here': command not found")
})

test('what would record a missed request can be pasted, and tells no secret of the command', async () => {
  const dir = await tempDir()
  const [node, file] = (await program(asking([1]))) as [string, string]
  const args = ['replay', '--cassettes', dir, '--', node, file, "--say=it's on", `--key=${KEY}`]
  const missed = await runCli(args)
  expect(missed.stderr).toContain(
    String.raw`OPENAI_VCR_CASSETTES=${dir} npx openai-vcr record --cassette default -- ${node} ${file} '--say=it'\''s on' --key=sk-redacted`,
  )
  expect(missed.stdout + missed.stderr).not.toContain(KEY)
})
