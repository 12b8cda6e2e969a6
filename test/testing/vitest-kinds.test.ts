import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { LONG } from '../support/long.ts'
import { ASK, echoUpstream } from '../support/echo-upstream.ts'
import { SLOW, vitestProject } from '../support/vitest-project.ts'
import { CONCURRENT, KINDS, OWN_MSW, TELL } from './kinds-of-tests.ts'

const PASSED = [
  'beside a server of msw',
  'a test of vitest beside a server of msw',
  'the process is as it was before msw',
  'a suite in a suite in it',
  'a test',
  'at once a test of vitest',
  'at once one',
  'at once two',
  'by its other name',
  'context',
  'each a',
  'each b',
  'extended',
  'for a',
  'for b',
  'is to fail',
  'named',
  'repeated',
  'retried',
  'run if',
  'the process is as it was before concurrent',
  'the process is as it was before kinds',
  'the same',
  'The same',
  'under fake timers',
]

const VERDICTS = {
  ...Object.fromEntries(PASSED.map((name) => [name, 'passed'])),
  skipped: 'skipped',
  'skipped if': 'skipped',
  'to do': 'todo',
}

const CASSETTES = {
  'by hand/named': ['named'],
  'test/concurrent/at-once--one': [],
  'test/concurrent/at-once--two': [],
  'test/msw/beside-a-server-of-msw': ['beside a server of msw'],
  'test/kinds/a-suite--in-a-suite--in-it': ['before each', 'in it', 'after each'],
  'test/kinds/a-test': ['test'],
  'test/kinds/by-its-other-name': ['it'],
  'test/kinds/context': ['context', 'its own fetch'],
  'test/kinds/each-a': ['each a'],
  'test/kinds/each-b': ['each b'],
  'test/kinds/extended': ['a value', 'an automatic value'],
  'test/kinds/for-a': ['for a'],
  'test/kinds/for-b': ['for b'],
  'test/kinds/is-to-fail': ['is to fail'],
  'test/kinds/repeated': ['again'],
  'test/kinds/retried': ['attempt 3'],
  'test/kinds/run-if': ['run if'],
  'test/kinds/the-same': ['the first'],
  'test/kinds/the-same-2': ['the second'],
  'test/kinds/under-fake-timers': ['under fake timers'],
}

test('every kind of test records and replays its own cassette, in every pool', SLOW, async () => {
  const upstream = await echoUpstream()
  const live = await echoUpstream()
  const project = await vitestProject({
    'ask.js': ASK,
    'tell.js': TELL,
    'test/kinds.test.ts': KINDS,
    'test/concurrent.test.ts': CONCURRENT,
    'test/msw.test.ts': OWN_MSW,
    'vitest.config.ts': `
      import { openaiVcr } from 'openai-vcr/vitest/plugin'
      const { LIVE, LINKED } = process.env
      export default {
        plugins: [openaiVcr({ hosts: ['api.openai.com', new URL(LIVE).host] })],
        // As it is where the package is linked, in a monorepo for one.
        test: { server: { deps: { inline: LINKED === 'true' ? [/openai-vcr/] : [] } } },
      }
    `,
  })
  const told = path.join(project.dir, 'told')
  const run = async (args: readonly string[], env: Record<string, string>) => {
    await rm(told, { force: true })
    const { tests, files, status } = await project.run(args, { LIVE: live.url, TOLD: told, ...env })
    const lines = (await readFile(told, 'utf8')).split('\n').toSorted()
    return { status, files, tests, lines }
  }

  const recorded = await run([], { OPENAI_VCR_MODE: 'record', OPENAI_VCR_UPSTREAM: upstream.url })
  expect(recorded.files).toEqual({})
  expect(recorded.tests).toEqual(VERDICTS)
  expect(await project.cassettes()).toEqual(CASSETTES)
  expect(recorded.lines.filter((line) => line.startsWith('one') || line.startsWith('two'))).toHaveLength(2)

  await upstream.close()
  const serial = ['--no-isolate', '--maxWorkers=1']
  const ways: readonly { args: readonly string[]; env?: Record<string, string> }[] = [
    { args: ['--pool=vmThreads'] },
    { args: ['--pool=threads', ...serial, '--sequence.shuffle.files', '--sequence.seed=3'] },
    { args: ['--pool=forks', ...serial], env: { LINKED: 'true' } },
    ...(LONG ? [['--pool=forks'], ['--pool=threads'], ['--pool=forks', ...serial]] : []).map((args) => ({
      args,
    })),
  ]
  for (const { args, env = {} } of ways)
    expect({ args, env, ...(await run(args, env)) }).toEqual({ args, env, ...recorded })
})
