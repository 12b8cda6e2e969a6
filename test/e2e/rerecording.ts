import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import OpenAI from 'openai'
import { expect, onTestFinished } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { type StandIn, startStandIn } from '../stand-in/start.ts'
import type { Switches } from '../stand-in/switches.ts'
import { type Finished, runCli } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'

/** What a test does with a client. Gives what it saw, without ids and times. */
export type Program = (client: OpenAI) => Promise<unknown>

/** A stand-in that is gone when the test is. Its ids and times are new with every run. */
export async function freshStandIn(switches: Switches = {}): Promise<StandIn> {
  const started = await startStandIn({ fresh: true, ...switches })
  onTestFinished(started.close)
  return started
}

/** Records a program and gives the cassette directory. */
export async function recorded(
  program: Program,
  { name = 'chain', dir, switches = {} }: { name?: string; dir?: string; switches?: Switches } = {},
): Promise<string> {
  const into = dir ?? (await tempDir())
  await mkdir(into, { recursive: true })
  const { url } = await freshStandIn(switches)
  const vcr = await openCassette(name, { dir: into, mode: 'record', upstream: url })
  await program(clientOf(vcr.fetch))
  await vcr.close()
  return into
}

/** Replays a program: it is answered throughout, and leaves nothing unplayed. */
export async function replayed(program: Program, dir: string, name = 'chain'): Promise<unknown> {
  const vcr = await openCassette(name, { dir, mode: 'replay' })
  const seen = await program(clientOf(vcr.fetch))
  expect(new Set(vcr.journal.map(({ outcome }) => outcome))).toEqual(new Set(['hit']))
  expect(vcr.unused()).toEqual([])
  await vcr.close()
  return seen
}

function clientOf(fetch: typeof globalThis.fetch | unknown): OpenAI {
  return new OpenAI({ apiKey: 'sk-of-the-test-0123456789abcdef', fetch: fetch as typeof globalThis.fetch })
}

/** Runs `openai-vcr rerecord` with a key, and without asking. */
export function rerecord(
  dir: string,
  upstream: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Finished> {
  return runCli(['rerecord', '--yes', '--cassettes', dir, '--upstream', upstream, ...args], {
    env: { OPENAI_API_KEY: 'sk-of-whoever-rerecords-0123456789', ...env },
  })
}

export function fileIn(dir: string, name = 'chain'): Promise<string> {
  return readFile(path.join(dir, `${name}.yaml`), 'utf8')
}

/** Ids of the kind that the API mints, in a text. */
export function idsIn(text: string): Set<string> {
  return new Set(
    [
      ...text.matchAll(/\b(?:chatcmpl-|file-|(?:resp|msg|rs|fc|call|run|thread|asst|vs)_)[A-Za-z0-9]{16,}/g),
    ].map(([id]) => id),
  )
}
