import { expect, test } from 'vitest'
import { law, type Violation } from './law.ts'
import { entriesOf, folderOf, type Import, readTree, roomOf } from './source-tree.ts'

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

/** What comes from outside, by room; a room that is not here may import nothing but Node's own modules. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  cassette: ['yaml'],
  node: ['selfsigned', 'undici', 'ws', 'proper-lockfile', '@pydantic/genai-prices', 'js-tiktoken/lite'],
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
  server: ['express'],
  cli: ['commander', 'cli-progress', 'p-limit'],
}

/** Rooms that know nothing of the world but hashing. */
const PURE = new Set(['messages', 'http', 'json', 'cassette', 'redact', 'match', 'api'])

/** The one file that may know YAML. */
const YAML_FILE = 'src/cassette/notation/text.ts'

const tree = readTree('src')
const imports = [...tree.values()].flatMap((file) => file.imports)
const ours = imports.filter(({ isOurs }) => isOurs)
const foreign = imports.filter(({ isOurs }) => !isOurs)

test('the source tree was read', () => {
  expect(tree.size).toBeGreaterThan(40)
  expect(ours.length).toBeGreaterThan(tree.size)
  for (const { from, to } of ours) expect([...tree.keys()], `${from} imports ${to}`).toContain(to)
})

test('every folder of src is in the table', () => {
  const rooms: readonly string[] = ROOMS
  expect([...tree.keys()].filter((file) => !rooms.includes(roomOf(file)))).toEqual([])
})

// What the table allows has one direction, so that there is no cycle between rooms either.
law(
  'a room imports only what the table allows',
  grouped(
    ours.filter(({ from, to }) => {
      const [own, other] = [roomOf(from), roomOf(to)] as [Room, Room]
      return ROOMS.indexOf(other) > ROOMS.indexOf(own) || NOT[own]?.includes(other) === true
    }),
    roomOf,
  ),
  {},
)

/** Imports from one sub-room into another that close a cycle. The other sub-rooms have none when these are left out. */
const CLOSING: Readonly<Record<string, string>> = {}

law('there is no cycle between the sub-rooms of a room', cyclesOfSubRooms(), CLOSING)

test('no file reaches itself through its imports', () => {
  const graph = graphOf(ours, (file) => file)
  expect([...graph.keys()].filter((file) => reachedFrom(graph, file).has(file))).toEqual([])
})

test('the rooms below the engine know nothing of the world but hashing, and YAML in one file', () => {
  const refused = foreign.filter(({ from, to }) => {
    if (!PURE.has(roomOf(from)) || to === 'node:crypto') return false
    return !(to === 'yaml' && from === YAML_FILE)
  })
  expect(refused).toEqual([])
})

test('other packages are imported only where they belong', () => {
  const refused = foreign.filter(
    ({ from, to }) => !to.startsWith('node:') && !(OUTSIDE[roomOf(from)] ?? []).includes(to),
  )
  expect(refused).toEqual([])
})

test('importing one entry loads no peer of another', () => {
  const peers: Readonly<Record<string, RegExp>> = {
    '.': /^(?:msw|@mswjs|express|nock|vitest)/,
    './intercept': /^(?:msw|express|nock|vitest)/,
    './msw': /^(?:express|nock|vitest)/,
    './express': /^(?:msw|@mswjs|nock|vitest)/,
    './vitest': /^(?:express|msw|nock)/,
    './vitest/plugin': /^(?:express|msw|nock)/,
    './node-test': /^(?:express|msw|nock|vitest)/,
    // nock brings MSW's engine, which is no peer but a dependency of ours.
    './nock': /^(?:msw|express|vitest)/,
  }
  const graph = graphOf(ours, (file) => file)
  for (const [entry, peer] of Object.entries(peers)) {
    const start = entriesOf().get(entry) as string
    const reached = new Set([start, ...reachedFrom(graph, start)])
    expect(
      foreign.filter(({ from, to }) => reached.has(from) && peer.test(to)),
      entry,
    ).toEqual([])
  }
})

type Room = (typeof ROOMS)[number]
type Graph = ReadonlyMap<string, ReadonlySet<string>>

/** Imports as violations, one for each pair of places, with the first three imports. */
function grouped(refused: readonly Import[], placeOf: (file: string) => string): readonly Violation[] {
  const pairs = new Map<string, string[]>()
  for (const { from, to } of refused) {
    const pair = `${placeOf(from)} > ${placeOf(to)}`
    pairs.set(pair, [...(pairs.get(pair) ?? []), `${from} imports ${to}`])
  }
  return [...pairs].map(([at, details]) => ({ at, detail: details.slice(0, 3).join(', ') }))
}

function graphOf(edges: readonly Import[], placeOf: (file: string) => string): Graph {
  const graph = new Map<string, Set<string>>()
  for (const { from, to } of edges)
    graph.set(placeOf(from), (graph.get(placeOf(from)) ?? new Set()).add(placeOf(to)))
  return graph
}

/** All that can be reached from a place in one step or more. */
function reachedFrom(graph: Graph, start: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const todo = [start]
  for (let place = todo.pop(); place !== undefined; place = todo.pop())
    for (const next of graph.get(place) ?? [])
      if (!reached.has(next)) {
        reached.add(next)
        todo.push(next)
      }
  return reached
}

/** The imports that close a cycle in a graph without the exceptions; so do exceptions, where they are still needed. */
function cyclesOfSubRooms(): readonly Violation[] {
  const between = ours.filter(
    ({ from, to }) => roomOf(from) === roomOf(to) && folderOf(from) !== folderOf(to),
  )
  const pairOf = ({ from, to }: Import): string => `${folderOf(from)} > ${folderOf(to)}`
  const lawful = graphOf(
    between.filter((each) => !Object.hasOwn(CLOSING, pairOf(each))),
    folderOf,
  )
  return grouped(
    between.filter(({ from, to }) => reachedFrom(lawful, folderOf(to)).has(folderOf(from))),
    folderOf,
  )
}
