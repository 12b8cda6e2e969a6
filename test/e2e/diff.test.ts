import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { printCassette } from '../../src/cassette/notation/text.ts'
import type { Interaction } from '../../src/cassette/cassette.ts'
import { type Finished, runCli } from '../support/cli.ts'
import { asking, cassetteOf, json } from '../support/drifting.ts'
import { tempDir } from '../support/temp.ts'

const weather = (content: string, more: object = {}): Interaction =>
  asking(
    { model: 'gpt-4o', messages: [{ role: 'user', content: 'Is it sunny?' }] },
    {
      body: json({
        id: `chatcmpl-${content.length}aaaaaaaa`,
        choices: [{ message: { content }, finish_reason: 'stop' }],
        ...more,
      }),
    },
  )

async function cassettes(files: Record<string, readonly Interaction[]>): Promise<string> {
  const dir = await tempDir()
  for (const [name, interactions] of Object.entries(files)) {
    const file = path.join(dir, `${name}.yaml`)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, printCassette(cassetteOf(...interactions)).text)
  }
  return dir
}

const diff = (dir: string, ...args: string[]): Promise<Finished> =>
  runCli(['diff', '--cassettes', dir, ...args])

test('a structural change exits with 1, and is listed before changes in wording', async () => {
  const dir = await cassettes({
    old: [weather('Yes.')],
    new: [weather('No.', { service_tier: 'default' })],
  })
  expect(await diff(dir, 'old', 'new')).toEqual({
    status: 1,
    stderr: '',
    stdout: `old → new: 1 of 1 interaction changed in structure
  1. POST /v1/chat/completions (gpt-4o, "Is it sunny?")
     structure  added: $.service_tier (string)
     wording    $.choices[].message.content: "Yes." → "No."
`,
  })
})

test('how often something was polled until it was done is no change', async () => {
  const poll = (status: string): Interaction => {
    const { request, response } = asking(
      {},
      { body: json({ id: 'resp_B1aaaaaaaa', status }) },
      '/v1/responses/r',
    )
    return { request: { ...request, method: 'GET', body: { kind: 'empty' } }, response }
  }
  const dir = await cassettes({
    old: [poll('queued'), poll('completed')],
    new: [poll('queued'), poll('in_progress'), poll('in_progress'), poll('completed')],
    failed: [poll('queued'), poll('failed')],
  })
  expect((await diff(dir, 'old', 'new')).status).toBe(0)
  expect((await diff(dir, 'old', 'failed')).status).toBe(1)
})

test('changes in wording alone, and fresh ids, exit with 0', async () => {
  const dir = await cassettes({ old: [weather('Yes.')], new: [weather('No.')], same: [weather('Yes.')] })
  expect((await diff(dir, 'old', 'new')).status).toBe(0)
  expect(await diff(dir, 'old', 'same')).toEqual({
    status: 0,
    stderr: '',
    stdout: 'old → same: 1 interaction, no changes\n',
  })
})

test('a file that lies anywhere is compared with a cassette, without the bodies that lie beside it', async () => {
  const blob = { kind: 'blob', sha256: 'a'.repeat(64), size: 9000 } as const
  const dir = await cassettes({ 'a/voice': [asking({}, { body: blob }, '/v1/audio/speech')] })
  const elsewhere = await cassettes({
    lone: [asking({}, { body: { ...blob, sha256: 'b'.repeat(64) } }, '/v1/audio/speech')],
  })
  const { status, stdout } = await diff(dir, path.join(elsewhere, 'lone.yaml'), 'a/voice')
  expect(status).toBe(0)
  expect(stdout).toContain(`- 9000 bytes, SHA-256 ${'b'.repeat(16)}…`)
})

test('of two directories every cassette is compared, and those without changes are counted', async () => {
  const before = await cassettes({ a: [weather('Yes.')], b: [weather('Yes.')], 'c/gone': [weather('Yes.')] })
  const after = await cassettes({ a: [weather('Yes.')], b: [weather('No.')], new: [] })
  expect(await diff(before, before, after)).toEqual({
    status: 1,
    stderr: '',
    stdout: `b: 1 of 1 interaction changed in wording only
  1. POST /v1/chat/completions (gpt-4o, "Is it sunny?")
     wording    $.choices[].message.content: "Yes." → "No."
c/gone: 1 of 1 interaction changed in structure
  1. POST /v1/chat/completions (gpt-4o, "Is it sunny?")
     structure  removed: the whole interaction
2 cassettes unchanged
`,
  })
})

test('JSON and Markdown are for programs and for pull requests', async () => {
  const dir = await cassettes({ old: [weather('Yes.')], new: [weather('No.')] })
  const asJson = await diff(dir, 'old', 'new', '--json')
  expect(asJson.status).toBe(0)
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    changed: 'words',
    cassettes: [
      { name: 'old → new', interactions: [{ kind: [], words: [{ before: 'Yes.', after: 'No.' }] }] },
    ],
  })
  expect((await diff(dir, 'old', 'new', '--markdown')).stdout)
    .toBe(`### \`old → new\`: 1 of 1 interaction changed in wording only

\`1. POST /v1/chat/completions (gpt-4o, "Is it sunny?")\`

<details><summary>1 change in wording</summary>

- \`$.choices[].message.content: "Yes." → "No."\`

</details>
`)
})

test('an unknown cassette is bad usage, and the nearest name is suggested', async () => {
  const dir = await cassettes({ weather: [weather('Yes.')], other: [weather('Yes.')] })
  const unknown = await diff(dir, 'wether', 'weather')
  expect(unknown).toMatchObject({ status: 2, stdout: '' })
  expect(unknown.stderr).toBe(
    `openai-vcr: 'wether' is neither a cassette in ${dir}, nor a file, nor a directory. Did you mean 'weather'?\n`,
  )
  expect((await diff(dir, 'nothing/like/it', 'weather')).stderr).toContain(
    `The directory ${dir} contains other, weather.`,
  )
  expect((await diff(await tempDir(), 'x', 'y')).stderr).toContain('contains no cassettes')
  const mixed = await diff(dir, 'weather', dir)
  expect(mixed.status).toBe(2)
  expect(mixed.stderr).toContain(`cannot compare the directory ${dir} with the cassette weather`)
  const empty = await tempDir()
  expect((await diff(dir, empty, empty)).status).toBe(2)
  expect((await diff(dir, 'weather')).status).toBe(2)
  expect((await diff(dir, 'weather', 'other', '--json', '--markdown')).status).toBe(2)
})

test('a file that is no cassette is told by its line', async () => {
  const dir = await cassettes({ weather: [weather('Yes.')] })
  await writeFile(path.join(dir, 'broken.yaml'), 'version: 1\n')
  const { status, stderr } = await diff(dir, 'broken', 'weather')
  expect(status).toBe(1)
  expect(stderr).toContain(`${path.join(dir, 'broken.yaml')}:1: the file is cut off`)
})
