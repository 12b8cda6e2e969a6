import { expect, test, vi } from 'vitest'
import { playWithNock } from '../../src/adapters/intercept/nock.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'

const open = (): string[] => process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap')

test('nock: nothing is left of a connection that has closed, with cassettes one in the other too', async () => {
  const dir = await tempDir()
  const before = open()
  await using outer = await openCassette('outer', { dir })
  await using inner = await openCassette('inner', { dir })
  await using _outer = await playWithNock(outer)
  const within = await playWithNock(inner)
  const ask = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await (await fetch('https://api.openai.com/v1/models')).text()
  }
  await ask()
  await within.stop()
  await ask()
  await vi.waitFor(() => expect(open()).toEqual(before))
  expect([inner.journal.length, outer.journal.length]).toEqual([3, 3])
})
