import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { post } from '../contract/talking.ts'
import { cassette, interaction, json } from '../contract/written.ts'
import { type Finished, runCli, startCli } from '../support/cli.ts'
import { localUpstream } from '../support/upstream.ts'

const USAGE = '"usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42}'

/** A cassette `c` of 2020 with two answers of 42 tokens. */
async function written(): Promise<string> {
  const answered = (n: number): string =>
    interaction(`{"model":"gpt-4o","n":${n}}`, json(`{"model":"gpt-4o",${USAGE}}`))
  const dir = await cassette(answered(1), answered(2))
  const file = path.join(dir, 'c.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace('2026-01-02', '2020-01-02'))
  return dir
}

/** Asks for both answers, and prints the statuses. */
const PROGRAM = `
  const headers = { 'content-type': 'application/json' }
  for (const n of [1, 2]) {
    const init = { method: 'POST', headers, body: JSON.stringify({ model: 'gpt-4o', n }) }
    console.log((await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', init)).status)
  }`

const run = (
  command: string,
  flags: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> =>
  runCli([command, ...flags, '--', process.execPath, '--input-type=module', '-e', PROGRAM], { env })

const TOO_OLD = /cassette 'c' \(.*c\.yaml\) was recorded on 2020-01-02, \d+ days ago, and expires after/

test('replay warns of an expired cassette, and exits with 1 if its expiry is to fail', async () => {
  const dir = await written()
  const flags = ['--cassettes', dir, '--cassette', 'c']
  const warned = await run('replay', [...flags, '--expires', '30d'])
  expect(warned).toMatchObject({ status: 0, stdout: '200\n200\n' })
  expect(warned.stderr.match(new RegExp(TOO_OLD, 'g'))).toHaveLength(1)
  expect(warned.stderr).toContain(`To re-record it: npx openai-vcr rerecord c --cassettes ${dir}`)
  const failed = await run('replay', [...flags, '--expires', '6w:fail'])
  expect(failed).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(TOO_OLD) as unknown })
  expect((await run('replay', flags)).stderr).not.toMatch(TOO_OLD)
})

test('serve does not start with what is too old and is to fail, whatever cassette is asked for', async () => {
  const dir = await written()
  await writeFile(
    path.join(dir, 'openai-vcr.config.json'),
    JSON.stringify({ expires: { after: '1y', action: 'fail' } }),
  )
  const served = await runCli(['serve', '--cassettes', dir, '--port', '0'])
  expect(served).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(TOO_OLD) as unknown })
  const server = await startCli(['--cassettes', dir, '--expires', 'never'])
  expect(await server.stop()).toBe(0)
  expect(server.output()).not.toMatch(TOO_OLD)
})

test('record does not ask how old the recording is that it replaces', async () => {
  const upstream = await localUpstream((_, res) => res.end('{}'))
  const flags = ['--cassettes', await written(), '--cassette', 'c', '--upstream', upstream.url]
  const recorded = await run('record', [...flags, '--expires', '0d:fail'], { OPENAI_API_KEY: 'sk-any' })
  expect(recorded).toMatchObject({ status: 0, stdout: '200\n200\n' })
  expect(recorded.stderr).not.toMatch(/was recorded on/)
})

test('replay answers with the quota error over the budget, of dollars and of tokens', async () => {
  const flags = ['--cassettes', await written(), '--cassette', 'c']
  expect((await run('replay', [...flags, '--budget', '0.0001'])).stdout).toBe('200\n429\n')
  expect((await run('replay', [...flags, '--budget-tokens', '43'])).stdout).toBe('200\n200\n')
  expect((await run('replay', [...flags, '--budget-tokens', '43', '--budget', '0'])).stdout).toBe(
    '429\n429\n',
  )
})

test('record sends nothing over the budget, and keeps what it has', async () => {
  const upstream = await localUpstream((_, res) => res.end(`{"model":"gpt-4o",${USAGE}}`))
  const dir = await written()
  const flags = ['--cassettes', dir, '--cassette', 'c', '--upstream', upstream.url, '--budget-tokens', '42']
  const recorded = await run('record', flags, { OPENAI_API_KEY: 'sk-any' })
  expect(recorded).toMatchObject({ status: 0, stdout: '200\n429\n' })
  expect(upstream.asked()).toBe(1)
  expect((await readFile(path.join(dir, 'c.yaml'), 'utf8')).match(/request:/g)).toHaveLength(1)
})

test('serve has the budget too, which the journal tells', async () => {
  const server = await startCli(['--cassettes', await written(), '--cassette', 'c', '--budget-tokens', '42'])
  const ask = async (n: number): Promise<number> =>
    (await fetch(`${server.url}/s/one/v1/chat/completions`, post({ model: 'gpt-4o', n }))).status
  expect([await ask(1), await ask(2)]).toEqual([200, 429])
  const journal: unknown = await (await fetch(`${server.url}/_vcr/sessions/one`)).json()
  expect(journal).toMatchObject({
    runs: [
      {
        journal: [
          { outcome: 'hit' },
          { outcome: 'faulted', reason: 'over the budget: 42 of 42 tokens used' },
        ],
      },
    ],
  })
})

test.for([
  [
    ['--expires', '30h'],
    "--expires: expected an age, such as '30d', '6w', '6mo' or '1y', or one that ends with",
  ],
  [['--expires', '30d:rerecord'], "or one that ends with ':fail', such as '30d:fail', found '30d:rerecord'"],
  [['--budget', 'much'], "--budget: expected an amount of US dollars from 0, such as 0.01, found 'much'"],
  [['--budget', '-1'], '--budget: expected an amount of US dollars from 0, such as 0.01, found -1'],
  [['--budget-tokens', '1.5'], '--budget-tokens: expected a whole number from 0, such as 20000, found 1.5'],
] as const)('%j is bad usage', async ([flags, message]) => {
  const refused = await runCli(['serve', ...flags])
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain(message)
})
