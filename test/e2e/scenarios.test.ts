import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { type Scenario, SCENARIOS } from '../../scripts/rerecord/scenarios.ts'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'

// The network is gone: whoever tries to leave this machine fails the test.
await import('../../examples/loopback-only.ts')

const dir = fileURLToPath(new URL('../../cassettes', import.meta.url))

const named = async (folder: string, suffix: string): Promise<string[]> =>
  (await readdir(folder)).filter((file) => file.endsWith(suffix)).map((file) => path.basename(file, suffix))

const cassettes = await named(dir, '.yaml')

test('each scenario has a cassette, what it gave, and a line in the README; none of these is without one', async () => {
  const scripts = fileURLToPath(new URL('../../scripts', import.meta.url))
  const readme = await readFile(path.join(scripts, 'README.md'), 'utf8')
  const scenarios = Object.keys(SCENARIOS).toSorted()
  expect(cassettes.toSorted()).toEqual(scenarios)
  expect((await named(path.join(dir, 'results'), '.json')).toSorted()).toEqual(scenarios)
  expect((await named(path.join(scripts, 'scenarios'), '.ts')).toSorted()).toEqual(scenarios)
  const listed = [...readme.matchAll(/^\| \[([\w-]+)\]\(scenarios\/\1\.ts\) \|/gm)].map(([, name]) => name)
  expect(listed).toEqual(Object.keys(SCENARIOS))
})

type Run = Scenario['run']
/** Replays a cassette, all of it; gives what the scenario gave. */
type Way = (cassette: string, run: Run) => Promise<unknown>

const throughFetch: Way = async (cassette, run) => {
  await using vcr = await openCassette(cassette, { dir, strictUnused: true })
  return await run(new OpenAI({ apiKey: 'none', fetch: vcr.fetch }))
}

const throughMsw: Way = async (cassette, run) => {
  await using vcr = await openCassette(cassette, { dir, strictUnused: true })
  await using _ = await intercept(vcr)
  return await run(new OpenAI({ apiKey: 'none' }))
}

const throughServer =
  (isOverTls: boolean): Way =>
  async (cassette, run) => {
    const secure = isOverTls ? { tls: true as const } : {}
    const server = await startServer({ dir, cassette, repeat: 'error', strictUnused: true, ...secure })
    onTestFinished(async () => void (await server.close({ keep: false })))
    if (server.certificate !== undefined) await trust(server.certificate)
    const result = await run(new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1` }))
    await server.close()
    return result
  }

for (const cassette of cassettes) {
  // What holds a WebSocket is played by those that have WebSockets: vcr.fetch has none, and the SDK insists on TLS.
  const text = await readFile(path.join(dir, `${cassette}.yaml`), 'utf8')
  const talks = text.includes('upgrade: websocket')
  const ways: Readonly<Record<string, Way>> = {
    ...(talks ? {} : { 'vcr.fetch': throughFetch }),
    MSW: throughMsw,
    'the server': throughServer(talks),
  }
  for (const [way, play] of Object.entries(ways)) {
    test(`the cassette '${cassette}' gives its scenario through ${way} all that the upstream gave it`, async () => {
      const recorded = JSON.parse(
        await readFile(path.join(dir, 'results', `${cassette}.json`), 'utf8'),
      ) as unknown
      const played = await play(cassette, (SCENARIOS[cassette] as Scenario).run)
      expect(JSON.parse(JSON.stringify(played))).toStrictEqual(recorded)
    })
  }
}

/** What NODE_EXTRA_CA_CERTS does when a process starts. */
async function trust(certificate: string): Promise<void> {
  const ca = await readFile(certificate, 'utf8')
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca])
}
