import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { defineConfig, UsageError } from '../../src/index.ts'
import { readConfig } from '../../src/vcr/options/config-file.ts'
import { rulesOf } from '../../src/vcr/options/config.ts'
import { tempDir } from '../support/temp.ts'

/** A cassette directory with these files. */
async function directory(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await tempDir()
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text)
  return dir
}

const read = (dir: string): ReturnType<typeof readConfig> =>
  readConfig(dir, (text) => text.replaceAll('hunter2', '***'))

const RULES =
  "{ matchers: { normalize: [{ match: /took \\d+ ms/, as: 'took N ms' }], matchOn: ({ body }) => body } }"

test.for(['openai-vcr.config.mjs', 'openai-vcr.config.mts', 'openai-vcr.config.ts', 'openai-vcr.config.js'])(
  '%s may hold what JSON cannot',
  async (name) => {
    const dir = await directory({ 'package.json': '{"type":"module"}', [name]: `export default ${RULES}\n` })
    const { matchers } = rulesIn(await read(dir))
    expect(matchers.normalize).toEqual([{ match: /took \d+ ms/, as: 'took N ms' }])
    expect(typeof matchers.matchOn).toBe('function')
  },
)

function rulesIn(config: Awaited<ReturnType<typeof readConfig>>) {
  return { matchers: rulesOf(config, 'any', {}) }
}

test('types are left out of it', async () => {
  const dir = await directory({
    'openai-vcr.config.mts':
      'const budget: { readonly usd: number } = { usd: 1 }\nexport default { budget }\n',
  })
  expect(await read(dir)).toEqual({ budget: { usd: 1 } })
})

test('JSON may name its schema, and none need be there', async () => {
  const $schema = './node_modules/openai-vcr/config.schema.json'
  const dir = await directory({ 'openai-vcr.config.json': JSON.stringify({ $schema, expires: '30d' }) })
  expect(await read(dir)).toMatchObject({ expires: '30d' })
  expect(await read(await tempDir())).toEqual({})
  expect(await read(path.join(await tempDir(), 'not-there'))).toEqual({})
})

test('of two that are there neither is taken, and both are named', async () => {
  const dir = await directory({ 'openai-vcr.config.json': '{}', 'openai-vcr.config.ts': 'export default {}' })
  const files = ['json', 'ts'].map((ending) => path.join(dir, `openai-vcr.config.${ending}`))
  await expect(read(dir)).rejects.toThrow(UsageError)
  await expect(read(dir)).rejects.toThrow(
    `expected one configuration, found ${files.join(' and ')}: keep one`,
  )
})

test.for([
  [
    'export const config = {}',
    'expected a default export, such as `export default defineConfig({ … })`, found none',
  ],
  ['export default { upstraem: "x" }', 'unknown option `upstraem`; did you mean `upstream`?'],
  [
    'export default () => ({})',
    "expected an object, such as { matchers: { volatile: ['dates'] } }, found a function",
  ],
  ['export default { expires: "hunter2" }', "found '***'"],
  ['throw new Error("no hunter2")', 'the file cannot be loaded: no ***'],
] as const)('%s is refused with its file', async ([text, message]) => {
  const dir = await directory({ 'openai-vcr.config.mjs': text })
  await expect(read(dir)).rejects.toThrow(UsageError)
  await expect(read(dir)).rejects.toThrow(`${path.join(dir, 'openai-vcr.config.mjs')}: `)
  await expect(read(dir)).rejects.toThrow(message)
})

test('defineConfig gives back what it gets', () => {
  const config = { cassettes: { 'agents/*': { expires: '30d' } } }
  expect(defineConfig(config)).toBe(config)
})
