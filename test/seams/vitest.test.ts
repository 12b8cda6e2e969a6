import { fileURLToPath } from 'node:url'
import { aroundEach, describe, expect, type RunnerTestCase, TestRunner, vi } from 'vitest'
import { withTimeout, workerConfig } from '../../src/testing/vitest/internals.ts'
import { probe } from './probe.ts'

const INTERNALS = 'src/testing/vitest/internals.ts'

probe({ of: 'vitest', what: '__vitest_worker__', usedIn: INTERNALS }, () => {
  const { root, snapshotOptions } = workerConfig()
  expect(root).toBe(fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, ''))
  expect(['all', 'new', 'none']).toContain(snapshotOptions?.updateSnapshot)
})

describe('hooks around tests', () => {
  const collector = TestRunner.getCurrentSuite()
  const ran: string[] = []
  const on = vi.spyOn(collector, 'on')
  aroundEach((run) => run(), 1234)
  const [, theirs] = on.mock.lastCall as unknown as [string, Readonly<Record<symbol, unknown>>]
  on.mockRestore()
  const ours = withTimeout(async (run: () => Promise<void>) => {
    ran.push('around')
    await run()
  })
  collector.on('aroundEach', ours)

  probe({ of: 'vitest', what: 'VITEST_AROUND_TIMEOUT', usedIn: INTERNALS }, () => {
    const symbols = Object.getOwnPropertySymbols(ours)
    expect(symbols).toHaveLength(1)
    expect(theirs[symbols[0] as symbol]).toBe(1234)
  })

  probe(
    { of: 'vitest', what: 'the collector’s on("aroundEach")', usedIn: 'src/testing/vitest/hooks.ts' },
    () => {
      expect(ran.at(-1)).toBe('around')
    },
  )
})

describe('the collector', () => {
  const collector = TestRunner.getCurrentSuite()
  const before = collector.tasks.length
  collector.test.fn.call({ concurrent: true } as never, 'defined by hand', undefined, () => {})
  const [task, ...others] = collector.tasks.slice(before) as RunnerTestCase[]

  probe(
    { of: 'vitest', what: 'the collector’s test.fn and its tasks', usedIn: 'src/testing/vitest/vitest.ts' },
    () => {
      expect([task?.type, task?.name, task?.concurrent, others]).toEqual([
        'test',
        'defined by hand',
        true,
        [],
      ])
    },
  )
})
