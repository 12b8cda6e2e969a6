import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import type { Command } from 'commander'
import type { Cassette } from '../../cassette/cassette.ts'
import { readCassette } from '../../engine/library/read-cassette.ts'
import { CassetteError } from '../../messages/errors.ts'
import { FileStore } from '../../node/file-store.ts'
import { KEY_VARIABLE } from '../../openai/authorize.ts'
import { summarizeRequest } from '../../openai/answers/summary.ts'
import { serve } from '../../server/serve.ts'
import { resolveOptions } from '../../vcr/options/resolve-options.ts'
import { hasColours, print, say, type World } from '../terminal/world.ts'
import { type DemoRequest, send } from './send.ts'
import { WrappedText } from './wrapped-text.ts'

/** Ships with the package. */
const FOLDER = fileURLToPath(new URL('../../../demo', import.meta.url))
const NAME = 'question'
const FILE = `demo/${NAME}.yaml`

/** The request loses one word. */
const CHANGE = ['should a test not call', 'should a test call'] as const

const INDENT = '   '
const MAX_WIDTH = 80

const RECORD = `${KEY_VARIABLE}=… npx openai-vcr record --cassette first -- node agent.js`
const NEXT = [
  ['npm install --save-dev openai-vcr', ''],
  [RECORD, 'calls the API, once'],
  ['npx openai-vcr replay --cassette first -- node agent.js', 'no key, no network'],
] as const

export function defineDemo(command: Command, world: World): void {
  command.action(() => demo(world))
}

async function demo(world: World): Promise<void> {
  const cassette = await readDemo()
  const request = requestIn(cassette)
  // The user's own settings stay out of it.
  const server = await serve({
    env: {},
    options: resolveOptions({ dir: FOLDER, timing: world.stdout.isTTY ? { speed: 1 } : 'instant' }, {}),
    cassette: NAME,
    warn: (message) => say(world, message),
    recordCommand: () => RECORD,
  })
  try {
    print(world, `A server at ${server.url} replays ${FILE}, a cassette in this package.`)
    print(world, `It needs no API key and no network.\nRecorded from: ${cassette.upstream}\n`)
    await showHit(world, server.url, request)
    await showMiss(world, server.url, withChange(request))
    showNext(world)
  } finally {
    await server.close({ keep: false })
  }
}

async function readDemo(): Promise<Cassette> {
  const { cassette } = await readCassette(new FileStore(FOLDER), NAME)
  if (cassette === undefined)
    throw new CassetteError(`${FILE} is missing from this installation of openai-vcr: install it again`)
  return cassette
}

function requestIn({ interactions }: Cassette): DemoRequest {
  const { request } = interactions[0] ?? {}
  if (request?.body.kind !== 'json') throw new CassetteError(`${FILE} contains no request with JSON`)
  return { ...request, body: request.body }
}

function withChange(request: DemoRequest): DemoRequest {
  const [from, to] = CHANGE
  return { ...request, body: { kind: 'json', text: request.body.text.replace(from, to) } }
}

async function showHit(world: World, url: string, request: DemoRequest): Promise<void> {
  heading(world, '1. A request that is in the cassette')
  showRequest(world, request)
  const text = new WrappedText(world.stdout, INDENT, Math.min(world.stdout.columns || MAX_WIDTH, MAX_WIDTH))
  const { status, events, outcome } = await send(url, request, (piece) => text.write(piece))
  text.end()
  print(world, `\n${INDENT}${outcome}: status ${status} and ${events} stream events, exactly as recorded\n`)
}

async function showMiss(world: World, url: string, request: DemoRequest): Promise<void> {
  heading(world, '2. The same request without the word "not"')
  showRequest(world, request)
  const { status, outcome, error } = await send(url, request, () => {})
  print(world, `${INDENT}${outcome}: status ${status}, and an error that explains it\n`)
  const message = (error ?? '').replaceAll(FOLDER, 'demo')
  print(world, `${message.replaceAll(/^/gm, INDENT)}\n`)
}

function showNext(world: World): void {
  heading(world, '3. Your own program')
  const width = Math.max(...NEXT.map(([command]) => command.length))
  for (const [command, comment] of NEXT)
    print(world, `${INDENT}${comment === '' ? command : `${command.padEnd(width)}  # ${comment}`}`)
  print(world, `\n${INDENT}In a test: import { test } from 'openai-vcr/vitest' or 'openai-vcr/node-test'`)
}

function heading(world: World, text: string): void {
  print(world, `${hasColours(world) ? styleText('bold', text, { validateStream: false }) : text}\n`)
}

function showRequest(world: World, request: DemoRequest): void {
  const lines = summarizeRequest(request).filter(({ label }) => label !== 'with')
  const shown = lines.map(({ label, text }) => `${INDENT}${label}: ${text}`)
  print(world, [`${INDENT}${request.method} ${request.path}`, ...shown, ''].join('\n'))
}
