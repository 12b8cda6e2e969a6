import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseCassette, hashOfInteraction } from '../../src/cassette/notation/text.ts'
import { type Finished, runCli } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'

const stats = (dir: string, ...args: string[]): Promise<Finished> =>
  runCli(['stats', '--cassettes', dir, ...args])

const asked = (model: string, path_: string, answer: string): string =>
  `  - request:\n      method: POST\n      path: /v1/${path_}\n      body:\n        json: |\n          {"model":"${model}","messages":[{"role":"user","content":"What is the capital of France?"}]}\n    response:\n      status: 200\n      body:\n        ${answer}\n`

const told = (model: string, input: number, output: number, more = ''): string =>
  asked(
    model,
    'chat/completions',
    `json: |\n          {"id":"chatcmpl-1","model":"${model}","usage":{"prompt_tokens":${input},"completion_tokens":${output}${more}}}`,
  )

const STREAMED = asked(
  'gpt-4o-mini',
  'chat/completions',
  'events: |\n          1 {"id":"chatcmpl-2","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"The capital of France is **Paris**."}}]}\n          2 [DONE]',
)
const SPOKEN = asked('tts-1', 'audio/speech', 'text: sound')
const LISTED = asked('', 'files', 'json: |\n          {"id":"file-1","object":"file"}')

const HEAD = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2026-01-02\ninteractions:\n'

async function cassettes(files: Record<string, string>): Promise<string> {
  const dir = await tempDir()
  for (const [name, interactions] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true })
    await writeFile(path.join(dir, `${name}.yaml`), `${HEAD}${interactions}...\n`)
  }
  return dir
}

const ALL = {
  plain: told('gpt-4o-mini', 1_000_000, 500_000, ',"prompt_tokens_details":{"cached_tokens":200000}'),
  'agents/weather/paris': told('gpt-4o-mini', 12, 34) + STREAMED,
  'agents/weather/rome': SPOKEN + told('my-own-model', 7, 8),
  uploads: LISTED,
}

test('stats shows usage, cost and what is unknown by cassette', async () => {
  const result = await stats(await cassettes(ALL))
  expect(result).toMatchObject({ status: 0, stderr: '' })
  expect(`\n${result.stdout}`).toBe(`
cassette              interactions  requests        input    cached     output         cost  estimated  unknown  unpriced
agents/weather/paris             2         2         ~26                  ~43   ~$0.000030           1
agents/weather/rome              2         2           7+                   8+                                1         1
plain                            1         1   1,000,000   200,000    500,000        $0.43
uploads                          1         0                                         $0.00
total: 4 cassettes               6         5  ~1,000,033+  200,000+  ~500,051+      ~$0.44+          1        1         1

~  includes estimates for responses that reported no usage: 1 request, 14 tokens in, 9 out, $0.0000075
+  a minimum: unknown usage and unknown prices are not included
`)
})

test('stats shows the same by model, and by test file', async () => {
  const dir = await cassettes(ALL)
  expect(`\n${(await stats(dir, '--by', 'model')).stdout}`).toBe(`
model         requests        input    cached     output     cost  estimated  unknown  unpriced
gpt-4o-mini          3  ~1,000,026   200,000   ~500,043   ~$0.44           1
my-own-model         1           7                    8                                       1
tts-1                1                                                              1
total                5  ~1,000,033+  200,000+  ~500,051+  ~$0.44+          1        1         1

~  includes estimates for responses that reported no usage: 1 request, 14 tokens in, 9 out, $0.0000075
+  a minimum: unknown usage and unknown prices are not included
`)
  expect(`\n${(await stats(dir, '--by', 'test')).stdout}`).toBe(`
test             cassettes  interactions  requests        input    cached     output         cost  estimated  unknown  unpriced
agents/weather/          2             4         4         ~33+                 ~51+  ~$0.000030+          1        1         1
./                       2             2         1   1,000,000   200,000    500,000        $0.43
total                    4             6         5  ~1,000,033+  200,000+  ~500,051+      ~$0.44+          1        1         1

~  includes estimates for responses that reported no usage: 1 request, 14 tokens in, 9 out, $0.0000075
+  a minimum: unknown usage and unknown prices are not included
`)
})

test('stats as JSON keeps what was told, what is estimated and what is not known apart', async () => {
  const { stdout } = await stats(await cassettes(ALL), 'agents/weather/paris', '--json')
  const { by, rows } = JSON.parse(stdout) as { by: string; rows: unknown[]; total: object }
  expect(by).toBe('cassette')
  expect(rows).toMatchObject([
    {
      cassette: 'agents/weather/paris',
      recordedAt: '2026-01-02',
      interactions: 2,
      recorded: {
        requests: 2,
        unknown: 0,
        unpriced: 0,
        tokens: { input: 12, output: 34 },
        usd: 0.0000222,
        estimated: { requests: 1, unpriced: 0, tokens: { input: 14, output: 9 }, usd: 0.0000075 },
      },
    },
  ])
})

test('stats adds what replays saved, by the reports of runs', async () => {
  const dir = await cassettes(ALL)
  const hashes = parseCassette(`${HEAD}${ALL.plain}...\n`, 'plain.yaml').interactions.map(hashOfInteraction)
  const reportOf = async (times: number, sha256 = hashes[0]): Promise<string> => {
    const file = path.join(await tempDir(), 'played.json')
    const interactions = [{ position: 0, sha256, played: true, times }]
    await writeFile(
      file,
      JSON.stringify({ version: 1, complete: false, cassettes: [{ cassette: 'plain', interactions }] }),
    )
    return file
  }
  const reports = [await reportOf(3), await reportOf(1)]
  const result = await stats(dir, 'plain', 'uploads', '--report', ...reports)
  expect(result).toMatchObject({ status: 0, stderr: '' })
  expect(`\n${result.stdout}`).toBe(`
cassette            interactions  requests      input   cached   output   cost  replays  saved
plain                          1         1  1,000,000  200,000  500,000  $0.43        4  $1.74
uploads                        1         0                               $0.00
total: 2 cassettes             2         1  1,000,000  200,000  500,000  $0.43        4  $1.74
`)
  const changed = await stats(dir, 'plain', '--report', await reportOf(3, 'other'))
  expect(changed.stderr).toContain(
    "'plain' has changed since a reported run: what that run played from it is not counted",
  )
  expect(changed.stdout).not.toContain('saved')
})

test('a cassette that is broken is told of, and the others go on', async () => {
  const dir = await cassettes({ good: told('gpt-4o-mini', 1, 1) })
  await writeFile(path.join(dir, 'bad.yaml'), 'version: 99\n')
  const result = await stats(dir)
  expect(result.status).toBe(1)
  expect(result.stderr).toContain('bad.yaml')
  expect(result.stdout).toContain('good')
})

test('an unknown name gets a suggestion, and an unreadable report is named', async () => {
  const dir = await cassettes(ALL)
  expect(await stats(dir, 'plian')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: `openai-vcr: there is no cassette 'plian': ${path.join(dir, 'plian.yaml')} does not exist. Did you mean 'plain'?\n`,
  })
  const missing = await stats(dir, '--report', path.join(dir, 'none.json'))
  expect(missing.status).toBe(2)
  expect(missing.stderr).toContain('cannot read the report')
  expect(await stats(await tempDir())).toMatchObject({ status: 0, stdout: '' })
})
