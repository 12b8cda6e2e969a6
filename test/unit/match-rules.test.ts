import { expect, test } from 'vitest'
import type { RecordedRequest } from '../../src/cassette/cassette.ts'
import { UsageError } from '../../src/messages/errors.ts'
import { matchingOf } from '../../src/vcr/open-library.ts'
import { openai } from '../../src/openai/dialect.ts'
import { type MatcherOptions, MATCHERS } from '../../src/match/rules.ts'
import { optionsFrom } from '../../src/json/input/place.ts'

const request = (body: unknown, more: Partial<RecordedRequest> = {}): RecordedRequest => ({
  method: 'POST',
  path: '/v1/chat/completions?a=1',
  headers: [['openai-beta', 'x']],
  body: { kind: 'json', text: JSON.stringify(body) },
  ...more,
})

/** Whether two requests match under these rules. */
function match(rules: MatcherOptions, a: RecordedRequest, b: RecordedRequest): boolean {
  const { identify } = matchingOf(rules, openai)
  return identify(a).fingerprint === identify(b).fingerprint
}

const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } }

const equal: Readonly<Record<string, readonly [MatcherOptions, unknown, unknown]>> = {
  'a path that is ignored': [
    { ignore: ['$.metadata.run_id'] },
    { n: 1, metadata: { run_id: 'a', k: 1 } },
    { n: 1, metadata: { run_id: 'b', k: 1 } },
  ],
  'a path that is ignored and not there': [
    { ignore: ['$.metadata.run_id'] },
    { metadata: { run_id: 'a' } },
    { metadata: {} },
  ],
  'a wildcard over a list': [
    { ignore: ['$.messages[*].name'] },
    { messages: [{ name: 'a', r: 1 }, { r: 2 }] },
    {
      messages: [
        { name: 'b', r: 1 },
        { name: 'c', r: 2 },
      ],
    },
  ],
  'a wildcard over members': [{ ignore: ['$.metadata.*'] }, { metadata: { a: 1 } }, { metadata: { b: 2 } }],
  'a list position': [{ ignore: ['$.input[1]'] }, { input: [1, 2] }, { input: [1, 3] }],
  'a quoted member': [{ ignore: ["$['a b']['c.d']"] }, { 'a b': { 'c.d': 1 } }, { 'a b': { 'c.d': 2 } }],
  'all but a few': [
    { only: ['$.model', '$.messages[*].content'] },
    { model: 'm', x: 1, messages: [{ content: 'c', id: 1 }] },
    { model: 'm', messages: [{ content: 'c', id: 2 }] },
  ],
  'a pattern everywhere': [
    { normalize: [{ match: /build-\d+/, as: 'build' }] },
    { a: ['in build-7'] },
    { a: ['in build-8'] },
  ],
  'a pattern at a path': [
    { normalize: [{ path: '$.user', match: 'x', as: 'y' }] },
    { user: 'axbx' },
    { user: 'ayby' },
  ],
  'a function at a path': [
    { normalize: [{ path: '$.messages[*].content', with: (text) => text.toLowerCase() }] },
    { messages: [{ content: 'Hi' }] },
    { messages: [{ content: 'hI' }] },
  ],
  'schemas of tools': [
    { ignoreToolSchemas: true },
    { tools: [TOOL] },
    { tools: [{ ...TOOL, function: { name: 'f', parameters: { type: 'object', properties: {} } } }] },
  ],
  'a function of its own': [{ matchOn: ({ body }) => (body as { n: number }).n % 2 }, { n: 1 }, { n: 3 }],
  dates: [{ volatile: ['dates'] }, { m: 'Today is 2026-11-22.' }, { m: 'Today is 2027-01-02.' }],
  uuids: [
    { volatile: ['uuids'] },
    { m: 'run 6f1c7e0a-1b2c-4d3e-8f90-a1b2c3d4e5f6' },
    { m: 'run 00000000-0000-0000-0000-000000000000' },
  ],
  'temporary paths': [
    { volatile: ['paths'] },
    { m: 'read /tmp/run-a1b2/notes.txt' },
    { m: 'read /tmp/run-zz/notes.txt' },
  ],
  ports: [{ volatile: ['ports'] }, { m: 'http://localhost:49152/x' }, { m: 'http://localhost:3000/x' }],
}

for (const [what, [rules, a, b]] of Object.entries(equal)) {
  test(`equal under the rule, and not without: ${what}`, () => {
    expect(match({}, request(a), request(b))).toBe(false)
    expect(match(rules, request(a), request(b))).toBe(true)
  })
}

const different: Readonly<Record<string, readonly [MatcherOptions, unknown, unknown]>> = {
  'a sibling of what is ignored': [
    { ignore: ['$.metadata.run_id'] },
    { metadata: { run_id: 'a', k: 1 } },
    { metadata: { run_id: 'b', k: 2 } },
  ],
  'the number of messages': [
    { ignore: ['$.messages[*].name'] },
    { messages: [{ name: 'a' }] },
    { messages: [{ name: 'a' }, { name: 'a' }] },
  ],
  'one of the few that count': [{ only: ['$.model'] }, { model: 'a' }, { model: 'b' }],
  'the name of a tool': [
    { ignoreToolSchemas: true },
    { tools: [TOOL] },
    { tools: [{ ...TOOL, function: { name: 'g', parameters: {} } }] },
  ],
  'a file of another name in a temporary folder': [
    { volatile: ['paths'] },
    { m: '/tmp/a/b.txt' },
    { m: '/tmp/a/c.txt' },
  ],
  'a port of another machine': [{ volatile: ['ports'] }, { m: 'api.test:1' }, { m: 'api.test:2' }],
  'a version that is no date': [{ volatile: ['dates'] }, { m: 'v1.2.3' }, { m: 'v1.2.4' }],
  'the temperature, whatever is volatile': [
    { volatile: ['dates', 'uuids', 'paths', 'ports'] },
    { temperature: 0 },
    { temperature: 1 },
  ],
}

for (const [what, [rules, a, b]] of Object.entries(different)) {
  test(`still different under the rule: ${what}`, () => {
    expect(match(rules, request(a), request(b))).toBe(false)
  })
}

for (const text of [
  '2026-11-22T10:11:12.123Z',
  '2026-11-22 10:11:12+02:00',
  '2026-11-22',
  'November 22, 2026',
  'Sunday, November 22, 2026',
  'Nov 22nd, 2026',
  '22 November 2026',
  'Sun, 22 Nov 2026 10:11:12 GMT',
  '11/22/2026',
  '14:05:33',
]) {
  test(`'${text}' is a date to the rule of that name`, () => {
    expect(
      match(
        { volatile: ['dates'] },
        request({ m: `now ${text}.` }),
        request({ m: `now ${text.replaceAll(/\d(?=\D*$)/g, '1')}.` }),
      ),
    ).toBe(true)
    const { identify } = matchingOf({ volatile: ['dates'] }, openai)
    expect(JSON.stringify(identify(request({ m: `now ${text}.` })).parts.body)).toMatch(
      /^\{"m":"now <(?:date|time)>\."\}$/,
    )
  })
}

test('parts that are not named do not count', () => {
  const other = request({ n: 1 }, { path: '/v1/chat/completions?b=2', headers: [] })
  expect(match({}, request({ n: 1 }), other)).toBe(false)
  expect(match({ parts: ['method', 'path', 'body'] }, request({ n: 1 }), other)).toBe(true)
  expect(match({ parts: ['path'] }, request({ n: 1 }), request({ n: 2 }))).toBe(true)
})

test('a member called __proto__ is a member like any other', () => {
  const body = { kind: 'json', text: '{"__proto__":{"a":"x"},"b":1}' } as const
  expect(match({ normalize: [{ match: 'x', as: 'y' }] }, request({}, { body }), request({ b: 1 }))).toBe(
    false,
  )
})

const refused: Readonly<Record<string, readonly [object, string]>> = {
  'a path that does not begin with $': [
    { ignore: ['metadata.run_id'] },
    "option `matchers.ignore[0]`: expected a JSON path, such as '$.messages[*].name', found 'metadata.run_id'",
  ],
  'a path that breaks off': [
    { only: ['$.a', '$.a['] },
    "option `matchers.only[1]`: expected a JSON path, such as '$.messages[*].name', found '$.a[': expected .name, [0], [*] or ['name'] at character 4",
  ],
  'a path to any depth': [{ ignore: ['$..id'] }, "found '$..id': expected .name"],
  'the whole body': [{ ignore: ['$'] }, "found '$': it names the whole body"],
  'a rule that is none': [{ ingore: [] }, 'unknown option `matchers.ingore`; did you mean `ignore`?'],
  'volatile text of no known kind': [
    { volatile: ['ids'] },
    "option `matchers.volatile[0]`: expected 'dates', 'uuids', 'paths' or 'ports', found 'ids'",
  ],
  'volatile text that is misspelt': [{ volatile: ['date'] }, "found 'date'; did you mean 'dates'?"],
  'a part that is none': [
    { parts: ['host'] },
    "option `matchers.parts[0]`: expected 'method', 'path', 'query', 'headers' or 'body', found 'host'",
  ],
  'no parts': [
    { parts: [] },
    "option `matchers.parts`: expected a list of parts, such as ['method', 'path', 'body'], found an empty list",
  ],
  'a pattern that is missing': [
    { normalize: [{ path: '$.a' }] },
    'option `matchers.normalize[0]`: expected `match` or `with`, found neither',
  ],
  'a pattern in a form of its own': [
    { normalize: [{ match: { pattern: 'a' } }] },
    "option `matchers.normalize[0].match`: expected a string or a regular expression, such as 'took 312 ms' or /took \\d+ ms/, found an object with `pattern`",
  ],
  'a pattern that is a number': [{ normalize: [{ match: 1 }] }, 'option `matchers.normalize[0].match`'],
  'a pattern of nothing': [{ normalize: [{ match: '' }] }, 'option `matchers.normalize[0].match`'],
  'a replacement that is none': [
    { normalize: [{ match: 'a', as: 1 }] },
    'option `matchers.normalize[0].as`: expected a string',
  ],
  'a function that is none': [
    { normalize: [{ with: 'toLowerCase' }] },
    "option `matchers.normalize[0].with`: expected a function, such as (value) => value.toLowerCase(), found 'toLowerCase'",
  ],
}

for (const [what, [rules, message]] of Object.entries(refused)) {
  test(`refused at the start: ${what}`, () => {
    const place = optionsFrom('', (text) => text).at('matchers')
    expect(() => MATCHERS.read(rules, place)).toThrow(UsageError)
    expect(() => MATCHERS.read(rules, place)).toThrow(message)
  })
}

test('what JSON cannot hold is refused there with the file that can', () => {
  const place = optionsFrom('c.json', (text) => text, { withoutCode: '; write c.ts for one' })
  for (const rules of [
    { matchOn: 'body' },
    { normalize: [{ with: 'trim' }] },
    { normalize: [{ match: { pattern: 'a' } }] },
  ])
    expect(() => MATCHERS.read(rules, place)).toThrow(/; write c\.ts for one$/)
})
