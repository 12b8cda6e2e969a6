import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import type { Cassette } from '../../src/cassette/cassette.ts'
import { SCHEMAS } from '../../scripts/schemas/generated.ts'
import { parseCassette, printCassette } from '../../src/cassette/notation/text.ts'
import { optionsFrom } from '../../src/json/input/place.ts'
import { CassetteError, UsageError } from '../../src/messages/errors.ts'
import { type Config, CONFIG } from '../../src/vcr/options/config.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false })
const schemaIn = (file: string): object => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as object
const valid = ajv.compile(schemaIn('schema.json'))
const validConfig = ajv.compile(schemaIn('config.schema.json'))

const everything: Cassette = {
  version: 1,
  upstream: 'https://api.openai.com',
  recordedAt: '2026-01-02',
  expires: { after: '30d', action: 'fail' },
  interactions: [
    {
      request: {
        method: 'POST',
        path: '/v1/x?a=1',
        headers: [['openai-beta', 'a=v2']],
        body: { kind: 'json', text: '{"a":[1,2],"b":{}}' },
      },
      response: {
        status: 200,
        headers: [['x-a', '1']],
        body: {
          kind: 'events',
          events: [
            { offset: 1, raw: 'data: {}\r\n\r\n' },
            { offset: 2, raw: ': c\n\n' },
          ],
        },
      },
    },
    {
      upstream: 'https://other.test',
      recordedAt: '2026-03-04',
      request: {
        method: 'POST',
        path: '/v1/files',
        headers: [],
        body: {
          kind: 'multipart',
          parts: [
            { name: 'purpose', content: { kind: 'text', text: 'x' } },
            { name: 'none', content: { kind: 'empty' } },
            {
              name: 'file',
              filename: 'é.bin',
              type: 'a/b',
              content: { kind: 'binary', bytes: new Uint8Array([255, 0]) },
            },
            { name: 'big', content: { kind: 'binary', bytes: new Uint8Array(5000) } },
          ],
        },
      },
      response: {
        status: 500,
        headers: [],
        after: 12,
        truncated: true,
        body: { kind: 'binary', bytes: new Uint8Array(5000) },
      },
    },
    {
      request: { method: 'GET', path: '/', headers: [], body: { kind: 'empty' } },
      response: { status: 204, headers: [], after: 0, body: { kind: 'empty' } },
    },
    {
      request: {
        method: 'GET',
        path: '/v1/realtime',
        headers: [['upgrade', 'websocket']],
        body: { kind: 'empty' },
      },
      response: {
        status: 101,
        headers: [],
        body: {
          kind: 'frames',
          frames: [
            { from: 'server', offset: 3, content: { kind: 'text', text: '{"type":"session.created"}' } },
            { from: 'client', offset: 4, content: { kind: 'text', text: 'é' } },
            { from: 'client', offset: 5, content: { kind: 'binary', bytes: new Uint8Array([1]) } },
          ],
          close: { from: 'client', offset: 6, code: 1000, reason: 'bye' },
        },
      },
    },
    {
      request: { method: 'PUT', path: '/', headers: [], body: { kind: 'text', text: 'a\n' } },
      response: { status: 200, headers: [], body: { kind: 'json', text: '{"a":1}' } },
    },
  ],
}

test.for(Object.keys(SCHEMAS))('%s is what npm run schemas writes', (file) => {
  expect(schemaIn(file)).toEqual(SCHEMAS[file])
})

test('the schema accepts every form that we print', () => {
  expect(valid(parse(printCassette(everything).text)), JSON.stringify(valid.errors)).toBe(true)
})

test('the schema accepts the cassettes that we ship', () => {
  const shipped = readdirSync(path.join(ROOT, 'cassettes'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.yaml'),
  )
  for (const name of shipped) {
    expect(
      valid(parse(readFileSync(path.join(ROOT, 'cassettes', name), 'utf8'))),
      `${name}: ${JSON.stringify(valid.errors)}`,
    ).toBe(true)
  }
})

const edits: Readonly<Record<string, (text: string) => string>> = {
  'another version': (text) => text.replace('version: 1', 'version: 0'),
  'no upstream': (text) => text.replace(/^upstream.*\n/m, ''),
  'an age that is none': (text) => text.replace('after: 30d', 'after: 30h'),
  'another end of age': (text) => text.replace('action: fail', 'action: explode'),
  'a day that is none': (text) => text.replace('2026-01-02', '2. January'),
  'a status out of range': (text) => text.replace('status: 500', 'status: 700'),
  'two bodies': (text) => text.replace('        json: |', "        base64: ''\n        json: |"),
  'an unknown field': (text) => text.replace('status: 500', 'status: 500\n      statusText: no'),
  'a blob without a size': (text) => text.replace(/\n *size: 5000/, ''),
  'a path that is relative': (text) => text.replace('path: /v1/files', 'path: v1/files'),
  'events without offsets': (text) => text.replace(/^( +)1 "/m, '$1"'),
  'a frame that nobody said': (text) => text.replace('< 3 {', '3 {'),
  'a part without a name': (text) => text.replace('name: purpose\n            ', ''),
  'interactions that are no list': (text) =>
    text.replace(/interactions:[^]*\.\.\./, 'interactions: none\n...'),
}

for (const [what, edit] of Object.entries(edits)) {
  test(`schema and reader both refuse ${what}`, () => {
    const { text } = printCassette(everything)
    const broken = edit(text)
    expect(broken).not.toBe(text)
    expect(valid(parse(broken))).toBe(false)
    expect(() => parseCassette(broken, 'c.yaml')).toThrow(CassetteError)
  })
}

const inJson = optionsFrom('c.json', (text) => text)

test('schema and reader both accept a configuration that says everything', () => {
  const config: Config = {
    $schema: './node_modules/openai-vcr/config.schema.json',
    upstream: 'https://openrouter.ai/api',
    expires: { after: '6mo', action: 'rerecord' },
    budget: { usd: 0.5, tokens: 1000 },
    matchers: {
      ignore: ['$.metadata'],
      only: ['$.messages[*].content'],
      normalize: [{ path: '$.user', match: 'took 312 ms', as: 'took N ms' }, { match: 'x' }],
      volatile: ['dates', 'ports'],
      ignoreToolSchemas: true,
      parts: ['method', 'body'],
      headers: ['x-tenant'],
      align: false,
    },
    cassettes: { 'agents/*': { expires: 'never', upstream: 'http://localhost:1', matchers: {} } },
  }
  expect(validConfig(config), JSON.stringify(validConfig.errors)).toBe(true)
  expect(CONFIG.read(config, inJson)).toEqual(config)
})

test.for([
  { matcher: {} },
  { matchers: { ingore: [] } },
  { matchers: { ignore: '$.a' } },
  { matchers: { ignore: ['a'] } },
  { matchers: { parts: [] } },
  { matchers: { volatile: ['date'] } },
  { matchers: { align: 'no' } },
  { matchers: { headers: [''] } },
  { matchers: { normalize: [{ as: 'x' }] } },
  { matchers: { normalize: [{ match: { pattern: 'x' } }] } },
  { matchers: { normalize: [{ with: 'trim' }] } },
  { matchers: { matchOn: 'body' } },
  { upstream: 1 },
  { expires: '30h' },
  { expires: { action: 'fail' } },
  { budget: {} },
  { budget: { usd: -1 } },
  { budget: { tokens: 0.5 } },
  { cassettes: { a: { budget: { usd: 1 } } } },
  [],
])('schema and reader both refuse the configuration %j', (config) => {
  expect(validConfig(config)).toBe(false)
  expect(() => CONFIG.read(config, inJson)).toThrow(UsageError)
})
