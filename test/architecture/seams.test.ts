import { expect, test } from 'vitest'
import { law } from './law.ts'
import { readTree } from './source-tree.ts'

/** Where everything stands that leans on what MSW's engine, undici and vitest do not promise. */
const SEAMS = 'src/adapters/intercept/engine-patches/'

const UNTIL_PROBED = 'until its probe is written'

const seams = [...readTree('src').keys()].filter((file) => file.startsWith(SEAMS))
const tests = [...readTree('test').values()].filter(({ path }) => path.endsWith('.test.ts'))

test('the folder of seams was read', () => {
  expect(seams).not.toEqual([])
})

law(
  'each private seam of a package has a test of its own, which names the version',
  seams
    .filter(
      (seam) =>
        !tests.some(({ imports, text }) => imports.some(({ to }) => to === seam) && /version/i.test(text)),
    )
    .map((at) => ({ at, detail: 'write a test that imports it, and says with which version it fails' })),
  {
    'src/adapters/intercept/engine-patches/bypass-interceptors.ts': UNTIL_PROBED,
    'src/adapters/intercept/engine-patches/closed-connections.ts': UNTIL_PROBED,
    'src/adapters/intercept/engine-patches/connections.ts': UNTIL_PROBED,
    'src/adapters/intercept/engine-patches/first-listener.ts': UNTIL_PROBED,
    'src/adapters/intercept/engine-patches/idle-connections.ts': UNTIL_PROBED,
    'src/adapters/intercept/engine-patches/mocked-sessions.ts': UNTIL_PROBED,
    'src/adapters/intercept/engine-patches/older-connections.ts': UNTIL_PROBED,
  },
)
