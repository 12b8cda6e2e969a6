import { expect, test } from 'vitest'
import type { Cassette } from '../../src/cassette/cassette.ts'
import { readCassette } from '../../src/engine/library/read-cassette.ts'
import type { UpstreamResponse } from '../../src/engine/ports.ts'
import { type ChainEnd, sendChain } from '../../src/rerecord/send-chain.ts'
import { refusalOf } from '../../src/rerecord/refusal.ts'
import { openLibrary } from '../../src/vcr/open-library.ts'
import { FileStore } from '../../src/node/file-store.ts'
import { HttpUpstream } from '../../src/node/http-upstream.ts'
import { openai } from '../../src/openai/dialect.ts'
import { callerOf, compositionOf, sessionOf } from '../support/composition.ts'
import { tempDir } from '../support/temp.ts'
import { type Exchange, readExchanges, trafficIsThere } from './exchanges.ts'
import { renamedUpstream } from './renamed-upstream.ts'
import { renamedExchange, Renaming } from './renaming.ts'

const LONG = 240_000

// Said once, so that a run without real traffic is not taken for one with it.
if (!trafficIsThere) process.stderr.write('real traffic is not there: re-recording it is not tested\n')

test.skipIf(!trafficIsThere)(
  'every real recording is recorded anew against an upstream that names everything otherwise',
  { timeout: LONG },
  async () => {
    const groups = [...Map.groupBy(readExchanges(), ({ group }) => group)].filter(([, all]) => all.length > 1)
    const upstream = await renamedUpstream()
    let [arrived, kept, refused] = [0, 0, 0]
    for (const [name, group] of groups) {
      const dir = await tempDir()
      const cassette = await recorded(group, dir)
      if (refusalOf(cassette, openai.rerecord) !== undefined) {
        refused++
        continue
      }
      const renaming = new Renaming(group)
      const again = group.map((exchange) => renamedExchange(exchange, renaming))
      upstream.expect(again)
      expect(await rerecorded(cassette, dir, upstream.url), name).toEqual({ kind: 'complete' })
      expect(upstream.strange(), name).toEqual([])
      for (const [n, came] of upstream.came().entries()) {
        if (came) arrived++
        // A failure that was asked again after, and a poll that was not needed, are not sent.
        else {
          expect(mayStayAway(group, upstream.came(), n), `${n} of ${name}`).toBe(true)
          kept++
        }
      }
    }
    process.stdout.write(
      `${groups.length - refused} real recordings recorded anew: ${arrived} requests arrived as they would with the ` +
        `new names, ${kept} were not needed, ${refused} recordings refused for their secrets\n`,
    )
    expect(refused).toBeLessThan(groups.length / 10)
  },
)

/** An equal one came. */
function mayStayAway(group: readonly Exchange[], came: readonly boolean[], n: number): boolean {
  const { path, requestBody } = group[n] as Exchange
  return group.some((each, i) => came[i] && each.path === path && each.requestBody.equals(requestBody))
}

async function recorded(group: readonly Exchange[], dir: string): Promise<Cassette> {
  const answers = group.values()
  const send = async (): Promise<UpstreamResponse> => {
    const { status, headers, body } = answers.next().value as Exchange
    return { status, headers, body: once(status === 204 ? Buffer.alloc(0) : body) }
  }
  const { upstream } = compositionOf(dir, 'record').dependencies
  const composition = compositionOf(dir, 'record', { upstream: { ...upstream, send } })
  const library = await openLibrary('chain', composition, '')
  const session = sessionOf(composition, library)
  for (const { method, path, requestType, requestBody } of group) {
    const headers = requestType === undefined ? [] : [['content-type', requestType] as const]
    const { body } = await session.handle(
      { method, target: path, headers, body: requestBody, origin: 'https://api.openai.com' },
      callerOf(composition.dependencies),
    )
    if (Symbol.asyncIterator in body) for await (const _ of body);
  }
  await session.settle(1000)
  await library.save()
  return (await readCassette(new FileStore(dir), 'chain')).cassette as Cassette
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

/** Between polls and retries, in ms: these are not waited for. Longer ones are for an upstream that never answers. */
const LONGEST_PAUSE = 10 * 60_000

async function rerecorded(cassette: Cassette, dir: string, url: string): Promise<ChainEnd> {
  const composition = compositionOf(dir, 'record', { upstream: new HttpUpstream() })
  const { arrivals, clock, store } = composition.dependencies
  const library = await openLibrary('chain', composition, '')
  const end = await sendChain({
    cassette,
    target: { library, arrivals, openSession: () => sessionOf(composition, library) },
    store,
    support: openai.rerecord,
    clock: {
      ...clock,
      sleep: (ms, until) => (ms > LONGEST_PAUSE ? clock.sleep(ms, until) : Promise.resolve()),
    },
    modelMap: new Map(),
    baseOf: () => url,
    signal: new AbortController().signal,
    say: () => undefined,
    maySend: () => true,
    onAnswer: () => undefined,
  })
  await library.save()
  return end
}
