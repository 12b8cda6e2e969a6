import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import OpenAI from 'openai'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import type { Cassette } from '../../src/cassette/cassette.ts'
import { parseCassette, printCassette } from '../../src/cassette/notation/text.ts'
import type { Usage, Vcr } from '../../src/index.ts'
import { openCassette } from '../../src/index.ts'
import { writeAtomically } from '../../src/node/atomic-write.ts'
import { FileStore } from '../../src/node/file-store.ts'
import { blobsIn, removeUnneededBlobs } from '../../src/cli/prune/unneeded-blobs.ts'
import { evenTime, nameStandIn } from './of-stand-in.ts'
import type { Scenario } from './scenarios.ts'

export interface From {
  /** `https://api.openai.com`. */
  readonly upstream: string
  readonly apiKey: string
  readonly isStandIn: boolean
}

export interface Recorded {
  readonly interactions: number
  /** Whether the cassette holds anything that it did not hold before. */
  readonly isNew: boolean
  /** What the upstream told that was used; the stand-in costs nothing. */
  readonly spent?: Usage
}

/**
 * Records a scenario's cassette anew, and beside it what the scenario gave: `DIR/results/NAME.json`.
 * @throws Error that says why nothing was kept: the scenario failed, or what was recorded does not replay
 */
export async function record(name: string, { run }: Scenario, from: From, dir: string): Promise<Recorded> {
  const aside = await mkdtemp(path.join(tmpdir(), 'rerecord-'))
  try {
    const recording = await openCassette(name, { mode: 'record', dir: aside, upstream: from.upstream })
    const result = await runIn(recording, run, from.apiKey)
    const store = new FileStore(aside)
    const recorded = parseCassette((await store.read(name)) ?? '', name)
    const cassette = from.isStandIn ? evenTime(nameStandIn(recorded, from.upstream)) : recorded
    await writeAtomically(store.fileOf(name), printCassette(cassette).text)
    await expectReplay(name, run, aside, result)
    const isNew = await keep(name, cassette, store, new FileStore(dir))
    await writeAtomically(path.join(dir, 'results', `${name}.json`), `${JSON.stringify(result, null, 2)}\n`)
    const { spent } = recording.usage()
    return { interactions: cassette.interactions.length, isNew, ...(from.isStandIn ? {} : { spent }) }
  } finally {
    await rm(aside, { recursive: true })
  }
}

/** Whatever does not replay at once never will. */
async function expectReplay(name: string, run: Scenario['run'], dir: string, result: unknown): Promise<void> {
  const replay = await openCassette(name, { dir, strictUnused: true })
  const replayed = await runIn(replay, run, 'none')
  if (isDeepStrictEqual(replayed, result)) return
  throw new Error(`it gave ${JSON.stringify(result)}, and from its cassette ${JSON.stringify(replayed)}`)
}

/** What the scenario gives, as JSON. A recording of one that fails is thrown away. */
async function runIn(vcr: Vcr, run: Scenario['run'], apiKey: string): Promise<unknown> {
  const client = new OpenAI({ apiKey, baseURL: 'https://api.openai.com/v1' })
  const network = await intercept(vcr)
  try {
    const result = JSON.parse(JSON.stringify(await run(client))) as unknown
    await vcr.close()
    const missing = vcr.journal.find(({ outcome }) => outcome !== 'recorded' && outcome !== 'hit')
    if (missing) throw new Error(`${missing.method} ${missing.path} was ${missing.outcome}`)
    return result
  } finally {
    await vcr.close({ keep: false })
    await network.stop()
  }
}

/** A file that would differ in its day alone is left alone. */
async function keep(name: string, cassette: Cassette, aside: FileStore, kept: FileStore): Promise<boolean> {
  const { text } = printCassette(cassette)
  const needed = [...new Set(cassette.interactions.flatMap(blobsIn))]
  const bodies = needed.map(async (blob) => [blob, await aside.readBlob(blob)] as const)
  const blobs = new Map(await Promise.all(bodies))
  const before = await kept.read(name)
  const isNew = before === undefined || withoutDay(before) !== withoutDay(text)
  if (!isNew) return false
  await kept.update(name, () => ({ text, blobs }))
  const old = before === undefined ? [] : parseCassette(before, name).interactions.flatMap(blobsIn)
  await removeUnneededBlobs(kept, old)
  return true
}

function withoutDay(text: string): string {
  return text.replace(/^recordedAt: .*$/m, '')
}
