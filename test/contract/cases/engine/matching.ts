import { expect, test } from 'vitest'
import type { Adapter } from '../../adapter.ts'
import { recordedBodies } from '../../recorded.ts'
import { post } from '../../talking.ts'

export function matchingCases(adapter: Adapter): void {
  test(`${adapter.name}: rules make a request match that would not`, async () => {
    const dir = await recordedBodies({ n: 1, metadata: { run: 'a' }, m: 'on 2026-11-22' })
    const asked = post({ n: 1, metadata: { run: 'b' }, m: 'on 2027-01-01' })
    const strict = await adapter.open('c', { dir })
    expect((await strict.fetch('/v1/x', asked)).status).toBe(404)
    await strict.close()
    const lenient = await adapter.open('c', {
      dir,
      matchers: { ignore: ['$.metadata.run'], volatile: ['dates'] },
    })
    expect(await (await lenient.fetch('/v1/x', asked)).text()).toContain('"run":"a"')
  })
}
