import { expect, test } from 'vitest'
import { chatTools, conversation, encrypted, background, assistants } from './rerecord-programs.ts'
import { fileIn, freshStandIn, idsIn, type Program, recorded, replayed, rerecord } from './rerecording.ts'

const CHAINS: Readonly<Record<string, Program>> = {
  'chat with tools': chatTools,
  'Responses with previous_response_id': conversation,
  'Responses with encrypted reasoning': encrypted,
  'a background Response that is polled': background,
  'files, a vector store, a thread and a run': assistants,
}

for (const [what, program] of Object.entries(CHAINS)) {
  test(`${what}: re-recorded from its own requests, it replays with the original program`, async () => {
    const dir = await recorded(program)
    const before = await fileIn(dir)
    const seen = await replayed(program, dir)
    const other = await freshStandIn({ words: true })
    const { status, stderr } = await rerecord(dir, other.url)
    expect(stderr).toMatch(/re-recorded \S+chain\.yaml/)
    expect(status).toBe(0)
    const after = await fileIn(dir)
    const ids = idsIn(before)
    expect(ids.size).toBeGreaterThan(2)
    expect([...idsIn(after)].filter((id) => ids.has(id))).toEqual([])
    expect(await replayed(program, dir)).not.toEqual(seen)
  })
}

test('the number of polls is no change: a run that takes longer is re-recorded and reported as unchanged', async () => {
  const dir = await recorded(assistants)
  const interactions = (text: string): number => text.match(/^ {2}- /gm)?.length ?? 0
  const before = interactions(await fileIn(dir))
  const { status, stdout } = await rerecord(dir, (await freshStandIn({ polls: 3 })).url)
  expect(stdout).toContain('no changes')
  expect(status).toBe(0)
  expect(interactions(await fileIn(dir))).toBeGreaterThan(before)
  await replayed(assistants, dir)
  const sooner = await rerecord(dir, (await freshStandIn({ polls: 0, words: true })).url)
  expect(sooner.stdout).toContain('changed in wording only')
  expect(sooner.status).toBe(0)
  expect(interactions(await fileIn(dir))).toBeLessThan(before)
  await replayed(assistants, dir)
})
