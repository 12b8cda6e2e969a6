import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseReplayReport, type ReplayReport } from '../../src/cassette/replay-report.ts'
import { startStandIn } from '../stand-in/start.ts'
import { runCli } from '../support/cli.ts'
import { SLOW, vitestProject } from '../support/vitest-project.ts'

const TESTS = `
  import { describe, test as plain } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'

  async function ask(content) {
    const response = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] }),
    })
    await response.text()
  }

  test('paris', async () => {
    await ask('Paris')
    if (process.env.LATER !== 'true') await ask('Paris again')
  })
  for (const name of ['a suite', 'another']) describe(name, () => {
    useCassette('shared', { mode: 'record-missing' })
    plain('one', async () => { await ask('one') })
  })
`

const CONFIG = `
  import { openaiVcr } from 'openai-vcr/vitest/plugin'
  export default { plugins: [openaiVcr({ report: 'out/played.json' })] }
`

test('the plugin writes a report of what tests played, for stats and prune', SLOW, async () => {
  const standIn = await startStandIn()
  onTestFinished(() => standIn.close())
  const project = await vitestProject({ 'vitest.config.ts': CONFIG, 'test/weather.test.ts': TESTS })
  const report = path.join(project.dir, 'out/played.json')
  const read = async (): Promise<ReplayReport> => parseReplayReport(await readFile(report, 'utf8'), report)
  const timesIn = ({ cassettes }: ReplayReport): unknown =>
    Object.fromEntries(
      cassettes.map(({ cassette, interactions }) => [cassette, interactions.map(({ times }) => times)]),
    )
  const recorded = await project.run([], {
    OPENAI_VCR_UPSTREAM: standIn.url,
    OPENAI_VCR_MODE: 'record-missing',
  })
  expect(recorded.status, recorded.stderr).toBe(0)
  // The second suite was answered by what the first had recorded.
  expect(timesIn(await read())).toEqual({ shared: [1], 'test/weather/paris': [0, 0] })

  const replayed = await project.run([], { LATER: 'true', CI: 'true' })
  expect(replayed.status, replayed.stdout).toBe(0)
  expect(timesIn(await read())).toEqual({ shared: [2], 'test/weather/paris': [1, 0] })
  expect((await read()).complete).toBe(true)
  const args = ['--cassettes', path.join(project.dir, 'cassettes'), '--report', report]
  const stats = await runCli(['stats', ...args, '--json'])
  expect(JSON.parse(stats.stdout)).toMatchObject({
    total: { interactions: 3, replays: 3, saved: { requests: 3 } },
  })
  const pruned = await runCli(['prune', ...args, '--dry-run'])
  expect(pruned.stdout).toContain('weather/paris.yaml: 1 of 2 interactions never played')

  await project.run(['-t', 'paris'], { LATER: 'true' })
  expect(await read()).toMatchObject({ complete: false, cassettes: [{ cassette: 'test/weather/paris' }] })
  const refused = await runCli(['prune', ...args, '--dry-run'])
  expect(refused.status).toBe(2)
})

test('a report that is no name of a file is refused', SLOW, async () => {
  const config = CONFIG.replace("'out/played.json'", 'true')
  const project = await vitestProject({ 'vitest.config.ts': config, 'test/weather.test.ts': TESTS })
  const result = await project.vitest(['run'])
  expect(result.status).not.toBe(0)
  expect(result.stderr).toContain(
    "option `report`: expected the name of a file, such as 'played.json', found true",
  )
})
