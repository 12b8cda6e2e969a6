import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const SRC = new URL('../../src/', import.meta.url).pathname

/** Rooms from the ground up. A room may import those above it in this list, where `NOT` does not say otherwise. */
const ROOMS = [
  'messages',
  'http',
  'json',
  'cassette',
  'redact',
  'match',
  'api',
  'openai',
  'engine',
  'policies',
  'node',
  'adapters',
  'vcr',
  'drift',
  'rerecord',
  'server',
  'testing',
  'cli',
  // The file that stands in src/ itself: the public list.
  'root',
] as const

const NOT: Readonly<Record<string, readonly string[]>> = {
  json: ['http'],
  engine: ['openai'],
  policies: ['openai'],
  node: ['openai', 'policies'],
  adapters: ['openai', 'policies', 'node'],
  drift: ['adapters'],
  rerecord: ['adapters'],
}

/** Against the table, until the engine knows no policy by name and adapters no `Vcr`. */
const STILL: readonly string[] = [
  'adapters > vcr',
  'api > policies',
  'openai > policies',
  'engine > policies',
  'engine > vcr',
]

/** What comes from outside, by room; a room that is not here may import nothing but Node's own modules. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  cassette: ['yaml'],
  node: ['undici', 'ws', 'proper-lockfile', '@pydantic/genai-prices', 'js-tiktoken/lite'],
  adapters: [
    'msw',
    'msw/experimental',
    '@mswjs/interceptors',
    '@mswjs/interceptors/http',
    '@mswjs/interceptors/net',
    '@mswjs/interceptors/WebSocket',
    'nock',
    'ws',
  ],
  testing: ['vitest', 'vitest/node', 'vitest/config'],
  server: ['express', 'selfsigned'],
  cli: ['commander', 'cli-progress', 'p-limit'],
}

/** Rooms that know nothing of the world but hashing. */
const PURE = new Set(['messages', 'http', 'json', 'cassette', 'redact', 'match', 'api'])

/** The one file that may know YAML. */
const YAML_FILE = 'cassette/text.ts'

interface Import {
  readonly from: string
  readonly to: string
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
const imports: readonly Import[] = files.flatMap((from) =>
  // Type imports and re-exports count as well.
  [...readFileSync(path.join(SRC, from), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, to]) => ({ from, to: to as string }),
  ),
)

type Room = (typeof ROOMS)[number]
const room = (file: string): string => (file.includes('/') ? (file.split('/')[0] as string) : 'root')
const target = ({ from, to }: Import): string => path.join(path.dirname(from), to)
const inside = imports.filter(({ to }) => to.startsWith('.'))

test('the source tree was read', () => {
  expect(files.length).toBeGreaterThan(40)
  expect(inside.length).toBeGreaterThan(files.length)
  for (const each of inside) expect(files, `${each.from} imports ${each.to}`).toContain(target(each))
})

test('every room imports only what the table allows', () => {
  const refused = inside.filter((each) => {
    const [own, other] = [room(each.from), room(target(each))] as [Room, Room]
    if (own === other || STILL.includes(`${own} > ${other}`)) return false
    return ROOMS.indexOf(other) > ROOMS.indexOf(own) || NOT[own]?.includes(other) === true
  })
  expect(refused).toEqual([])
})

test('the rooms below the engine know nothing of the world but hashing, and YAML in one file', () => {
  const refused = imports.filter(({ from, to }) => {
    if (!PURE.has(room(from)) || to.startsWith('.') || to === 'node:crypto') return false
    return !(to === 'yaml' && from === YAML_FILE)
  })
  expect(refused).toEqual([])
})

test('other packages are imported only where they belong', () => {
  const refused = imports.filter(({ from, to }) => {
    if (to.startsWith('.') || to.startsWith('node:')) return false
    return !(OUTSIDE[room(from)] ?? []).includes(to)
  })
  expect(refused).toEqual([])
})

test('importing one entry loads no peer of another', () => {
  const peers: Readonly<Record<string, RegExp>> = {
    'index.ts': /^(?:msw|@mswjs|express|nock|vitest)/,
    'adapters/msw/msw.ts': /^(?:express|nock|vitest)/,
    'adapters/http/express.ts': /^(?:msw|@mswjs|nock|vitest)/,
    'testing/vitest/vitest.ts': /^(?:express|msw|nock)/,
    'testing/vitest/plugin.ts': /^(?:express|msw|nock)/,
    'testing/node-test/node-test.ts': /^(?:express|msw|nock|vitest)/,
    // nock brings MSW's engine, which is no peer but a dependency of ours.
    'adapters/nock.ts': /^(?:msw|express|vitest)/,
  }
  for (const [entry, foreign] of Object.entries(peers)) {
    const reached = new Set<string>()
    const todo = [entry]
    for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
      reached.add(file)
      for (const each of inside) if (each.from === file && !reached.has(target(each))) todo.push(target(each))
    }
    expect(
      imports.filter(({ from, to }) => reached.has(from) && foreign.test(to)),
      entry,
    ).toEqual([])
  }
})

test('no file reaches itself through its imports', () => {
  const graph = new Map(files.map((file) => [file, inside.filter(({ from }) => from === file).map(target)]))
  const done = new Set<string>()
  const cycle = (file: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const next of graph.get(file) ?? []) {
      const found = cycle(next, [...way, file])
      if (found !== undefined) return found
    }
    done.add(file)
    return undefined
  }
  expect(files.map((file) => cycle(file, [])).find((found) => found !== undefined)).toBeUndefined()
})
