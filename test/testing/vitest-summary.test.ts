import { expect, onTestFinished, test } from 'vitest'
import { startStandIn } from '../stand-in/start.ts'
import { SLOW, vitestProject } from '../support/vitest-project.ts'

const ASK = `
  export async function ask(content, path = 'chat/completions') {
    const response = await fetch('https://api.openai.com/v1/' + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] }),
    })
    return response.text()
  }
`

const WEATHER = `
  import { describe, expect, test as plain } from 'vitest'
  import { test, useCassette } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'
  const isLater = process.env.LATER === 'true'

  test('paris', async () => {
    await ask('Paris')
    if (!isLater) await ask('Paris again')
  })
  if (!isLater) test('gone', async () => { await ask('Gone') })
  if (isLater) test('new', async () => { await ask('New') })
  if (isLater) test('traces', async () => { await ask('Trace', 'traces/ingest') })
  describe('a suite', () => {
    useCassette('by hand')
    plain('one', async () => { await ask('one') })
    test('two', async () => { isLater || (await ask('two')) })
  })
  if (process.env.LATER === 'fail') throw new Error('no more of it')
`

const CONFIG = `
  import { openaiVcr } from 'openai-vcr/vitest/plugin'
  export default { plugins: [openaiVcr()] }
`

/** A project with the plugin, and what its runs need to ask an upstream. */
async function askingProject(files: Readonly<Record<string, string>>) {
  const standIn = await startStandIn()
  onTestFinished(() => standIn.close())
  const project = await vitestProject({ 'ask.js': ASK, 'vitest.config.ts': CONFIG, ...files })
  return { project, asking: { OPENAI_VCR_UPSTREAM: standIn.url } }
}

/** Vitest may have more to tell before and after it: how to be faster, for one. */
function summaryOf(stdout: string): string {
  const block = stdout.split('\n\n').find((each) => /^ *(?:Cassettes|Unused) /.test(each))
  return block === undefined ? '' : `\n${block}`.trimEnd()
}

test('the summary tells what was recorded, and what is not needed any more', SLOW, async () => {
  const { project, asking } = await askingProject({
    'test/weather.test.ts': WEATHER,
    'test/quiet.test.ts': `
      import { test } from 'vitest'
      import 'openai-vcr/vitest'
      test('asks nothing', () => {})
    `,
  })
  const recording = { OPENAI_VCR_MODE: 'record', ...asking }
  const recorded = await project.run([], recording)
  expect(summaryOf(recorded.stdout)).toBe(`
  Cassettes  requests: 5 recorded
    Written  cassettes/by hand.yaml: 2 interactions
             cassettes/test/weather/gone.yaml: 1 interaction
             cassettes/test/weather/paris.yaml: 2 interactions
      Spent  41 tokens in, 170 out, $0.00011 on live calls`)
  const again = await project.run(['-t', 'paris'], recording)
  expect(summaryOf(again.stdout)).toBe(`
  Cassettes  requests: 2 recorded
    Written  cassettes/test/weather/paris.yaml: 2 interactions, replacing 2
      Spent  17 tokens in, 70 out, $0.000045 on live calls`)
  const replayed = await project.run()
  expect(summaryOf(replayed.stdout)).toBe(`
  Cassettes  requests: 5 replayed
   Replayed  41 tokens in, 170 out, $0.00011 saved`)
  const later = await project.run([], { LATER: 'true' })
  expect(summaryOf(later.stdout)).toBe(`
  Cassettes  requests: 2 replayed, 1 missed, 1 ignored
 Not played  interaction 2 of 'by hand' (POST /v1/chat/completions)
             interaction 2 of 'test/weather/paris' (POST /v1/chat/completions)
     Unused  cassettes/test/weather/gone.yaml: not used by any test
   Replayed  16 tokens in, 67 out, $0.000043 saved`)

  // Of what was not run nothing is claimed: other tests may play by-hand cassettes, or have the file.
  const part = await project.run(['-t', 'paris|one'], { LATER: 'true' })
  expect(summaryOf(part.stdout)).toBe(`
  Cassettes  requests: 2 replayed
 Not played  interaction 2 of 'test/weather/paris' (POST /v1/chat/completions)
   Replayed  16 tokens in, 67 out, $0.000043 saved`)
  const one = await project.run(['weather'], { LATER: 'true' })
  expect(summaryOf(one.stdout)).not.toContain('by hand')
  expect(summaryOf(one.stdout)).toContain('gone.yaml: not used by any test')
  const quiet = await project.run(['quiet'])
  expect(summaryOf(quiet.stdout)).toBe('')
  const uncollected = await project.run([], { LATER: 'fail' })
  expect(uncollected.files['test/weather.test.ts']).toBe('no more of it')
  expect(uncollected.stdout).not.toContain('Unused')
})

test('of a run that stopped early, and of what failed, nothing is claimed', SLOW, async () => {
  const { project, asking } = await askingProject({
    'test/a.test.ts': `
      import { test } from 'openai-vcr/vitest'
      import { ask } from '../ask.js'
      const named = { cassette: { name: 'by hand' } }
      test('first', named, async () => { await ask('one') })
      test('stops', async () => { await ask('two'); if (process.env.STOP) throw new Error('enough') })
      test('last', named, async () => { await ask('three') })
    `,
  })
  const adding = { OPENAI_VCR_MODE: 'record-missing', ...asking }
  const stopped = await project.run([], { ...adding, STOP: 'true' })
  expect(summaryOf(stopped.stdout)).toBe(`
  Cassettes  requests: 2 recorded, 1 not recorded
    Written  cassettes/by hand.yaml: 2 interactions
      Spent  24 tokens in, 103 out, $0.000065 on live calls`)
  const bailed = await project.run(['--bail=1'], { STOP: 'true' })
  expect(bailed.tests['last']).toBe('pending')
  expect(summaryOf(bailed.stdout)).not.toContain('Not played')
})

test('what an attempt recorded that was taken back is not kept', SLOW, async () => {
  const { project, asking } = await askingProject({
    'test/a.test.ts': `
      import { describe, expect } from 'vitest'
      import { test, useCassette } from 'openai-vcr/vitest'
      import { ask } from '../ask.js'
      let attempts = 0
      describe('a suite', () => {
        useCassette('suite')
        test('retried', { retry: 2 }, async () => { await ask('one'); expect(++attempts).toBe(3) })
      })
      test('repeated', { repeats: 2 }, async () => { await ask('two') })
    `,
  })
  const recorded = await project.run([], { OPENAI_VCR_MODE: 'record', ...asking })
  expect(summaryOf(recorded.stdout)).toMatch(`
  Cassettes  requests: 4 recorded, 2 not recorded
    Written  cassettes/suite.yaml: 1 interaction
             cassettes/test/a/repeated.yaml: 1 interaction
      Spent  `)
})

test('what programs read is left alone', SLOW, async () => {
  const project = await vitestProject({
    'ask.js': ASK,
    'vitest.config.ts': CONFIG,
    'test/a.test.ts': `
      import { test } from 'openai-vcr/vitest'
      import { ask } from '../ask.js'
      test('asks', async () => { await ask('never recorded') })
    `,
  })
  const summary = '\n  Cassettes  requests: 1 missed\n'
  const tap = await project.vitest(['run', '--reporter=tap'])
  expect(tap.stdout).toMatch(/^TAP version 13\n/)
  expect(tap.stdout).not.toContain('Cassettes')
  expect(`\n${tap.stderr}`).toContain(summary)
  const list = await project.vitest(['list', '--json'])
  expect(JSON.parse(list.stdout)).toMatchObject([{ name: 'asks' }])
  const dot = await project.vitest(['run', '--reporter=dot'])
  expect(dot.stdout).toContain(summary)
})

test('projects have their own options and cassettes, and one summary', SLOW, async () => {
  const standIn = await startStandIn()
  onTestFinished(() => standIn.close())
  const asking = (content: string) => `
    import { expect } from 'vitest'
    import { test } from 'openai-vcr/vitest'
    import { ask } from '../../../ask.js'
    test('asks', async ({ vcr }) => {
      await ask('${content}')
      expect(vcr.name).toBe('test/a/asks')
    })
  `
  const project = await vitestProject({
    'ask.js': ASK,
    'packages/one/test/a.test.ts': asking('one'),
    'packages/two/test/a.test.ts': asking('two'),
    'vitest.config.ts': `
      import { openaiVcr } from 'openai-vcr/vitest/plugin'
      export default {
        test: {
          projects: [
            { root: 'packages/one', plugins: [openaiVcr({ mode: 'once' })], test: { name: 'one' } },
            { root: 'packages/two', plugins: [openaiVcr({ dir: 'kept' })], test: { name: 'two', env: { OPENAI_VCR_MODE: 'record' } } },
          ],
        },
      }
    `,
  })
  const recorded = await project.run([], { OPENAI_VCR_UPSTREAM: standIn.url })
  expect(summaryOf(recorded.stdout)).toBe(`
  Cassettes  requests: 2 recorded
    Written  packages/one/cassettes/test/a/asks.yaml: 1 interaction
             packages/two/kept/test/a/asks.yaml: 1 interaction
      Spent  16 tokens in, 68 out, $0.000043 on live calls`)
})
