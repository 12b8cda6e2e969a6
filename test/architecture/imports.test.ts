import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const SRC = new URL('../../src/', import.meta.url).pathname

/** What each room may import besides itself, as docs/architecture.md has it. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  core: [],
  openai: ['core'],
  engine: ['core'],
  io: ['core', 'engine'],
  adapters: ['core', 'engine'],
  testing: ['core', 'engine', 'adapters', 'root'],
  server: ['core', 'engine', 'io', 'openai', 'adapters'],
  cli: ['core', 'engine', 'io', 'openai', 'server'],
  // The files that stand in src/ itself: the public list and the composition behind it.
  root: ['core', 'engine', 'io', 'openai'],
}

/** What comes from outside, by room; a room that is not here may import nothing but Node's own modules. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  io: ['undici', 'ws', 'proper-lockfile', '@pydantic/genai-prices', 'js-tiktoken/lite'],
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

/** The one file of core that may know YAML. */
const YAML_FILE = 'core/cassette-text.ts'

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
    const [own, other] = [room(each.from), room(target(each))]
    return own !== other && !(TABLE[own] ?? []).includes(other)
  })
  expect(refused).toEqual([])
})

test('core knows nothing of the world but hashing, and YAML in one file', () => {
  const refused = imports.filter(({ from, to }) => {
    if (room(from) !== 'core' || to.startsWith('.') || to === 'node:crypto') return false
    return !(to === 'yaml' && from === YAML_FILE)
  })
  expect(refused).toEqual([])
})

test('other packages are imported only where they belong', () => {
  const refused = imports.filter(({ from, to }) => {
    if (to.startsWith('.') || to.startsWith('node:') || room(from) === 'core') return false
    return !(OUTSIDE[room(from)] ?? []).includes(to)
  })
  expect(refused).toEqual([])
})

test('importing one entry loads no peer of another', () => {
  const peers: Readonly<Record<string, RegExp>> = {
    'index.ts': /^(?:msw|@mswjs|express|nock|vitest)/,
    'adapters/msw.ts': /^(?:express|nock|vitest)/,
    'adapters/express.ts': /^(?:msw|@mswjs|nock|vitest)/,
    'testing/vitest.ts': /^(?:express|msw|nock)/,
    'testing/vitest-plugin.ts': /^(?:express|msw|nock)/,
    'testing/node-test.ts': /^(?:express|msw|nock|vitest)/,
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
